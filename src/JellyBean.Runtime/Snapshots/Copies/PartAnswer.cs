using JellyBean.Runtime.Links.Protocol;
using MessagePack;

namespace JellyBean.Runtime.Snapshots.Copies;

/// <summary>What the other node makes of a <see cref="PartRequest"/>.</summary>
internal enum PartVerdict : byte
{
    /// <summary>The part is on its disk.</summary>
    Kept = 1,

    /// <summary>The part may be sent: its bytes follow the request, and another answer follows them.</summary>
    Send = 2,

    /// <summary>The part's bytes follow.</summary>
    Follows = 3,

    /// <summary>It will not, or cannot.</summary>
    Refused = 4,
}

/// <summary>An answer.</summary>
/// <param name="Verdict">What.</param>
/// <param name="Reason">Why it was refused; empty if it was not.</param>
internal sealed record PartAnswer(PartVerdict Verdict, string Reason = "")
{
    private const int MostReason = 500;

    public byte[] ToBytes() => Greeting.Write(PartRequest.Magic, Write);

    public static ValueTask<PartAnswer> ReadAsync(Stream stream, CancellationToken cancellationToken) => Greeting.ReadAsync(stream, PartRequest.Magic, Read, cancellationToken);

    private void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write((byte)Verdict);
        writer.Write(Reason.Length <= MostReason ? Reason : string.Concat(Reason.AsSpan(0, MostReason), "…"));
    }

    private static PartAnswer Read(ref MessagePackReader reader)
    {
        Greeting.ReadArray(ref reader, 2);
        return new PartAnswer((PartVerdict)reader.ReadByte(), Greeting.ReadText(ref reader));
    }
}
