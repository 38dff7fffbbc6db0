using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links.Protocol;
using MessagePack;

namespace JellyBean.Runtime.Snapshots.Copies;

/// <summary>What a node wants of another one.</summary>
internal enum PartErrand : byte
{
    /// <summary>That it keeps a copy of a part.</summary>
    Keep = 1,

    /// <summary>That it gives a part.</summary>
    Give = 2,
}

/// <summary>What the node that dials says first.</summary>
/// <param name="Errand">What it wants.</param>
/// <param name="Fingerprint">Of the workflow that it has built.</param>
/// <param name="Part">Which part, how large, and its checksum.</param>
/// <param name="KeptFrom">Snapshots before it are of no use any more; 0 to say nothing.</param>
internal sealed record PartRequest(PartErrand Errand, string Fingerprint, SnapshotReceipt Part, long KeptFrom)
{
    /// <summary>"JBSP": beside links, at the same endpoint.</summary>
    public static byte[] Magic { get; } = "JBSP"u8.ToArray();

    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(7);
        writer.Write((byte)Errand);
        writer.Write(Fingerprint);
        writer.Write(Part.Snapshot);
        writer.Write(Part.Worker.Value);
        writer.Write(Part.Bytes);
        writer.Write(Part.Checksum);
        writer.Write(KeptFrom);
    }

    /// <exception cref="InvalidDataException">It cannot be.</exception>
    public static PartRequest Read(ref MessagePackReader reader)
    {
        Greeting.ReadArray(ref reader, 7);
        var errand = (PartErrand)reader.ReadByte();
        var fingerprint = Greeting.ReadText(ref reader);
        var part = new SnapshotReceipt(reader.ReadInt64(), new WorkerId(Greeting.ReadText(ref reader)), reader.ReadInt64(), reader.ReadUInt64());
        var request = new PartRequest(errand, fingerprint, part, reader.ReadInt64());
        return errand is PartErrand.Keep or PartErrand.Give && part.Snapshot > 0 && part.Bytes is > 0 and <= SnapshotFolder.MostBytes
            ? request
            : throw new InvalidDataException($"Errand {(byte)errand} for {part.Bytes} bytes of snapshot {part.Snapshot} is not one that is known; at most {SnapshotFolder.MostBytes} bytes are allowed.");
    }
}
