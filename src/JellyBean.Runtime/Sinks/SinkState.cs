using JellyBean.Runtime.Snapshots;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Sinks;

/// <summary>What an output had given at a barrier.</summary>
/// <param name="Results">How many results were written.</param>
internal sealed record SinkState(long Results)
{
    public static string OwnerOf(OperatorId output) => $"output {output}";

    /// <exception cref="SnapshotException">The bytes are of another form.</exception>
    public static SinkState Read(StatePiece piece) => StateFormat.Read(piece, static (ref MessagePackReader reader) =>
    {
        reader.ReadArrayHeader();
        return new SinkState(reader.ReadInt64());
    });

    public byte[] Write() => StateFormat.Write(this, static (ref MessagePackWriter writer, SinkState state) =>
    {
        writer.WriteArrayHeader(1);
        writer.Write(state.Results);
    });
}
