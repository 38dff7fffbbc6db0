using JellyBean.Runtime.Links.Protocol;

namespace JellyBean.Runtime.Links.Sessions;

/// <summary>A numbered frame as it is sent, header included, and sent again until it is acknowledged.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Buffer">Holds it from its beginning; rented, and returned by whoever takes the frame out of the session.</param>
/// <param name="Length">How many bytes of <paramref name="Buffer"/> it takes.</param>
/// <param name="Sequence">Its number, from 1.</param>
internal readonly record struct OutFrame(FrameKind Kind, byte[] Buffer, int Length, long Sequence)
{
    /// <summary>What it takes of the receiver's credit.</summary>
    public int Cost => CostOf(Kind, Length);

    public bool IsLast => Kind is FrameKind.Completed or FrameKind.Failed;

    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);

    /// <summary>What a frame of some length, header included, takes of the credit: both ends reckon alike.</summary>
    public static int CostOf(FrameKind kind, int length) => kind == FrameKind.Element ? Math.Max(length, LinkProtocol.LeastCost) : 0;
}
