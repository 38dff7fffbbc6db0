namespace JellyBean.Workflows.Outputs;

/// <summary>Results that are written together.</summary>
/// <param name="Epoch">The epoch that produced them; a sink refuses an epoch older than the one it was opened with.</param>
/// <param name="Results">In order per source; may be empty when only positions advance.</param>
/// <param name="Settled">Positions that hold once <paramref name="Results"/> are written.</param>
/// <typeparam name="T">What a result carries.</typeparam>
public sealed record SinkBatch<T>(long Epoch, IReadOnlyList<Result<T>> Results, IReadOnlyList<SourcePosition> Settled)
    where T : notnull;

/// <summary>A result at an output.</summary>
/// <param name="Id">Identifies the result: the same input gives the same id, however often it is computed.</param>
/// <param name="EventTime">When it happened.</param>
/// <param name="Value">What it carries.</param>
/// <typeparam name="T">What a result carries.</typeparam>
public readonly record struct Result<T>(string Id, DateTimeOffset EventTime, T Value)
    where T : notnull;

/// <summary>How far a source is settled: nothing derived from its elements up to a number follows.</summary>
/// <param name="Source">The source.</param>
/// <param name="Number">The last settled element, from 0; -1 before the first.</param>
public readonly record struct SourcePosition(SourceId Source, long Number);
