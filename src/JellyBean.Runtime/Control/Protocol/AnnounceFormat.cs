using System.Runtime.Serialization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How a node's announcement is written.</summary>
internal static class AnnounceFormat
{
    private const int FieldsForEver = 3;
    private const int FieldsOfThisVersion = 12;

    public static void Write(ref MessagePackWriter writer, Announce value)
    {
        writer.WriteArrayHeader(FieldsForEver + FieldsOfThisVersion);
        writer.Write(value.ProtocolVersion);
        writer.Write(value.Node.Worker.Value);
        writer.Write(value.Fingerprint);
        writer.Write(value.Instance);
        writer.Write(value.LastEpoch);
        writer.Write(value.RunningEpoch);
        writer.Write(value.Node.Tier?.Name);
        writer.Write(value.Node.Type?.Value);
        writer.Write(value.Node.Cores);
        writer.Write(value.Node.MemoryBytes);
        writer.Write(value.Node.Speed);
        writer.Write(value.Node.Accelerators);
        writer.Write(value.Node.ProfileFingerprint);
        writer.Write(value.Node.IsCoordinator);
        if (value.LinkAddress is { } address)
        {
            Write(ref writer, address);
        }
        else
        {
            writer.WriteNil();
        }
    }

    // The first three fields stay for ever: a node of another version must be refused by name and with both values.
    public static Announce Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, FieldsForEver);
        var version = reader.ReadInt32();
        var node = new NodeDescription { Worker = new WorkerId(Wire.ReadText(ref reader)), Tier = null, Cores = 0, MemoryBytes = 0 };
        var announce = new Announce(version, node, Wire.ReadText(ref reader), "", 0, 0, null);
        if (version == ControlProtocol.Version)
        {
            unknown = unknown >= FieldsOfThisVersion ? unknown - FieldsOfThisVersion : throw new SerializationException("An announcement lacks fields.");
            announce = announce with
            {
                Instance = Wire.ReadText(ref reader),
                LastEpoch = reader.ReadInt64(),
                RunningEpoch = reader.ReadInt64(),
                Node = ReadNode(ref reader, node),
                LinkAddress = reader.TryReadNil() ? null : ReadAddress(ref reader),
            };
        }

        Wire.End(ref reader, unknown);
        return announce;
    }

    public static void Write(ref MessagePackWriter writer, NodeAddress value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Host);
        writer.Write(value.Port);
    }

    public static NodeAddress ReadAddress(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var address = new NodeAddress(Wire.ReadText(ref reader), reader.ReadUInt16());
        Wire.End(ref reader, unknown);
        return address;
    }

    private static NodeDescription ReadNode(ref MessagePackReader reader, NodeDescription node) => node with
    {
        Tier = reader.ReadString() is { } tier ? new Tier(tier) : null,
        Type = reader.ReadString() is { } type ? new WorkerTypeId(type) : null,
        Cores = reader.ReadDouble(),
        MemoryBytes = reader.ReadInt64(),
        Speed = reader.ReadDouble(),
        Accelerators = reader.ReadInt32(),
        ProfileFingerprint = reader.ReadString(),
        IsCoordinator = reader.ReadBoolean(),
    };
}
