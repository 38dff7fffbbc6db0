using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Workflows.Graph;

/// <summary>A source of whatever type, as the engine reads it. Owns the source.</summary>
internal abstract class BoundSource(SourceId id) : IAsyncDisposable
{
    public SourceId Id { get; } = id;

    public abstract bool IsReplayable { get; }

    public abstract double? NominalRate { get; }

    public abstract SourceWork Work { get; }

    public abstract SourceHealth? Health { get; }

    public abstract SourcePace? Pace { get; }

    public abstract bool CanReadAgain(long from);

    public abstract Task CheckAsync(CancellationToken cancellationToken);

    public abstract IAsyncEnumerable<Offer> ReadAsync(long from, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>What a source offers: a value, or a fault where the element could not be read.</summary>
internal readonly record struct Offer(object? Value, DateTimeOffset EventTime, string? Fault, bool IsAgain = false);

internal sealed class BoundSource<T>(SourceId id, ISource<T> source) : BoundSource(id)
    where T : notnull
{
    public override bool IsReplayable => source.IsReplayable;

    public override double? NominalRate => source.NominalRate;

    public override SourceWork Work => source.Work;

    public override SourceHealth? Health => source.Health;

    public override SourcePace? Pace => source.Pace;

    public override bool CanReadAgain(long from) => source.CanReadAgain(from);

    public override Task CheckAsync(CancellationToken cancellationToken) => source.CheckAsync(cancellationToken);

    public override async IAsyncEnumerable<Offer> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in source.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            yield return new Offer(item.Fault is null ? item.Value : null, item.EventTime, item.Fault, item.IsAgain);
        }
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();
}
