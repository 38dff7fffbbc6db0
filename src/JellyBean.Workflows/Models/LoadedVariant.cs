namespace JellyBean.Workflows.Models;

/// <summary>A variant in memory, ready to run. One thread at a time calls it; that thread belongs to the stage.</summary>
/// <typeparam name="TIn">What the model takes.</typeparam>
/// <typeparam name="TOut">What the model answers.</typeparam>
public abstract class LoadedVariant<TIn, TOut> : IDisposable
    where TIn : notnull
    where TOut : notnull
{
    /// <summary>Memory that the loaded variant holds, in bytes: weights and buffers, as well as it can be told.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Most elements in one batch of what was loaded, where that is less than the variant promised: known once the file is read.</summary>
    /// <value>1 or more; no limit of its own unless overridden.</value>
    public virtual int MaxBatch => int.MaxValue;

    /// <summary>Runs one batch.</summary>
    /// <param name="batch">1 to <see cref="IVariant.MaxBatch"/> elements, and not above <see cref="MaxBatch"/>.</param>
    /// <param name="results">As long as <paramref name="batch"/>; every place is filled, in the same order.</param>
    /// <remarks>If it throws, the stage runs the elements one by one, so that only a bad one fails.</remarks>
    public abstract void Run(ReadOnlySpan<TIn> batch, Span<TOut> results);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the variant holds.</summary>
    protected abstract void Dispose(bool disposing);
}
