using System.Runtime.Serialization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How nodes and their announcements are written.</summary>
internal static class NodeFormat
{
    private const int FieldsForEver = 3;
    private const int FieldsOfThisVersion = 8;

    public static void Write(ref MessagePackWriter writer, Announce value)
    {
        writer.WriteArrayHeader(FieldsForEver + FieldsOfThisVersion);
        writer.Write(value.ProtocolVersion);
        writer.Write(value.Node.Worker.Value);
        writer.Write(value.Fingerprint);
        writer.Write(value.Instance);
        writer.Write(value.LastEpoch);
        writer.Write(value.RunningEpoch);
        Write(ref writer, value.LinkAddress);
        Write(ref writer, value.Node);
        writer.Write(value.PreparedEpoch);
        writer.Write(value.Workflow);
        writer.Write(value.IsBeside);
    }

    // The first three fields stay for ever: a node of another version must be refused by name and with both values.
    public static Announce ReadAnnounce(ref MessagePackReader reader)
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
                LinkAddress = ReadAddress(ref reader),
                Node = Read(ref reader),
                PreparedEpoch = reader.ReadInt64(),
                Workflow = Wire.ReadText(ref reader),
                IsBeside = reader.ReadBoolean(),
            };
        }

        Wire.End(ref reader, unknown);
        return announce;
    }

    public static void Write(ref MessagePackWriter writer, NodeDescription value)
    {
        writer.WriteArrayHeader(12);
        writer.Write(value.Worker.Value);
        writer.Write(value.Tier?.Name);
        writer.Write(value.Type?.Value);
        writer.Write(value.Cores);
        writer.Write(value.MemoryBytes);
        writer.Write(value.Speed);
        writer.Write(value.Accelerators);
        writer.Write(value.ProfileFingerprint);
        writer.Write(value.IsCoordinator);
        writer.Write(value.ControlUrl);
        Wire.WriteMany(ref writer, value.AlsoServes, static (ref MessagePackWriter w, Tier tier) => w.Write(tier.Name));
        writer.Write(value.IsPlanner);
    }

    public static NodeDescription Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 12);
        var value = new NodeDescription
        {
            Worker = new WorkerId(Wire.ReadText(ref reader)),
            Tier = reader.ReadString() is { } tier ? new Tier(tier) : null,
            Type = reader.ReadString() is { } type ? new WorkerTypeId(type) : null,
            Cores = reader.ReadDouble(),
            MemoryBytes = reader.ReadInt64(),
            Speed = reader.ReadDouble(),
            Accelerators = reader.ReadInt32(),
            ProfileFingerprint = reader.ReadString(),
            IsCoordinator = reader.ReadBoolean(),
            ControlUrl = reader.ReadString(),
            AlsoServes = Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new Tier(Wire.ReadText(ref r))),
            IsPlanner = reader.ReadBoolean(),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, NodeAddress? value)
    {
        if (value is not { } address)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(2);
        writer.Write(address.Host);
        writer.Write(address.Port);
    }

    public static NodeAddress? ReadAddress(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        var unknown = Wire.Begin(ref reader, 2);
        var address = new NodeAddress(Wire.ReadText(ref reader), reader.ReadUInt16());
        Wire.End(ref reader, unknown);
        return address;
    }
}
