using JellyBean.Runtime.Snapshots;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Sources;

/// <summary>How far a source had been read at a barrier.</summary>
/// <param name="Number">The last number that it admitted; -1 before the first.</param>
/// <param name="Reached">The latest event time until then, UTC ticks.</param>
/// <param name="Dropped">How many of those up to <paramref name="Number"/> its overload policy had dropped.</param>
/// <param name="Offered">The number that the next element it offers would have: of a live source, those before are taken.</param>
/// <param name="IsIdle">Whether event time goes on without it until its next element.</param>
/// <param name="Sampled">Of those dropped, how many because the overload policy takes only so many per second.</param>
/// <param name="Shed">Of those dropped, how many because less was let in than was offered.</param>
/// <param name="Tokens">What sampling had left behind the last that was admitted.</param>
internal sealed record SourceState(long Number, long Reached, long Dropped, long Offered, bool IsIdle = false, long Sampled = 0, long Shed = 0, double Tokens = RateLimit.Full)
{
    public static string OwnerOf(SourceId source) => $"source {source}";

    /// <exception cref="SnapshotException">The bytes are of another form.</exception>
    public static SourceState Read(StatePiece piece) => StateFormat.Read(piece, static (ref MessagePackReader reader) =>
    {
        reader.ReadArrayHeader();
        return new SourceState(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadBoolean(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble());
    });

    public byte[] Write() => StateFormat.Write(this, static (ref MessagePackWriter writer, SourceState state) =>
    {
        writer.WriteArrayHeader(8);
        writer.Write(state.Number);
        writer.Write(state.Reached);
        writer.Write(state.Dropped);
        writer.Write(state.Offered);
        writer.Write(state.IsIdle);
        writer.Write(state.Sampled);
        writer.Write(state.Shed);
        writer.Write(state.Tokens);
    });
}
