using System.Collections.Immutable;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using MessagePack;

namespace JellyBean.Runtime.Snapshots;

/// <summary>All that a snapshot holds, of every worker: plans may differ, so each fragment takes what is its now.</summary>
internal sealed class RestoredState(ImmutableArray<StatePiece> pieces)
{
    private const string Failed = "failed";
    private const string Process = "process ";

    /// <summary>Nothing is restored.</summary>
    public static RestoredState None { get; } = new([]);

    public ImmutableArray<StatePiece> Pieces => pieces;

    /// <summary>Writes which elements had failed on a worker.</summary>
    public static StatePiece OfFailures(ImmutableArray<FailedElements> failed) => new(Failed, StateFormat.Version, StateFormat.Write(failed, Write));

    /// <exception cref="SnapshotException">An operator writes its state in another form now.</exception>
    public void Check(Workflow workflow)
    {
        // Of a process that the workflow does not have, its fingerprint tells.
        var versions = workflow.Operators.OfType<ProcessOperator>().ToDictionary(op => Process + op.Id, op => op.StateVersion);
        var wrong = pieces.Select(p => (Piece: p, Expected: versions.GetValueOrDefault(p.Owner, p.Owner.StartsWith(Process, StringComparison.Ordinal) ? p.Version : StateFormat.Version)))
            .Where(p => p.Piece.Version != p.Expected)
            .Select(p => $"The snapshot holds the state of '{p.Piece.Owner}' in version {p.Piece.Version}, this program reads version {p.Expected}.")
            .Distinct().ToList();
        if (wrong.Count > 0)
        {
            throw new SnapshotException($"{string.Join(' ', wrong)} Go on with the program that wrote it, or begin anew.");
        }
    }

    /// <summary>How far a source had been read; null if the snapshot does not know it.</summary>
    public SourceState? Of(SourceId source) => pieces.FirstOrDefault(p => p.Owner == SourceState.OwnerOf(source)) is { } piece ? SourceState.Read(piece) : null;

    /// <summary>Which of a source's elements had failed, on each worker. Those behind its place are read, and fail, again.</summary>
    public IEnumerable<FailedElements> FailedOf(SourceId source, long upTo) =>
        from piece in pieces
        where piece.Owner == Failed
        from failed in StateFormat.Read(piece, static (ref MessagePackReader reader) => Wire.ReadMany(ref reader, Read))
        where failed.Source == source
        let latest = failed.Latest.Where(r => r.First <= upTo).Select(r => r with { Last = Math.Min(r.Last, upTo) }).ToImmutableArray()
        select new FailedElements(source, failed.Unlisted + latest.Sum(r => r.Count), latest);

    private static void Write(ref MessagePackWriter writer, ImmutableArray<FailedElements> failed) => Wire.WriteMany(ref writer, failed, Write);

    private static void Write(ref MessagePackWriter writer, FailedElements failed)
    {
        writer.WriteArrayHeader(3);
        writer.Write(failed.Source.Value);
        writer.Write(failed.Count);
        Wire.WriteMany(ref writer, failed.Latest, static (ref MessagePackWriter w, NumberRange range) =>
        {
            w.Write(range.First);
            w.Write(range.Last);
        });
    }

    private static FailedElements Read(ref MessagePackReader reader)
    {
        reader.ReadArrayHeader();
        return new FailedElements(
            new SourceId(Wire.ReadText(ref reader)),
            reader.ReadInt64(),
            Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new NumberRange(r.ReadInt64(), r.ReadInt64())));
    }
}
