using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Workflows.Graph;

/// <summary>A sink of whatever type, as the engine writes it. Owns the sink.</summary>
internal abstract class BoundSink : IAsyncDisposable
{
    public abstract Delivery Delivery { get; }

    public abstract Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken);

    public abstract Task WriteAsync(long epoch, IReadOnlyList<UntypedResult> results, IReadOnlyList<SourcePosition> settled, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A result of whatever type.</summary>
internal readonly record struct UntypedResult(Lineage Lineage, DateTimeOffset EventTime, object Value);

internal sealed class BoundSink<T>(ISink<T> sink) : BoundSink
    where T : notnull
{
    public override Delivery Delivery => sink.Delivery;

    public override Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => sink.OpenAsync(epoch, cancellationToken);

    public override Task WriteAsync(long epoch, IReadOnlyList<UntypedResult> results, IReadOnlyList<SourcePosition> settled, CancellationToken cancellationToken)
    {
        var typed = new Result<T>[results.Count];
        for (var i = 0; i < typed.Length; i++)
        {
            var result = results[i];
            typed[i] = new Result<T>(result.Lineage.ToString(), result.EventTime, (T)result.Value);
        }

        return sink.WriteAsync(new SinkBatch<T>(epoch, typed, settled), cancellationToken);
    }

    public override ValueTask DisposeAsync() => sink.DisposeAsync();
}
