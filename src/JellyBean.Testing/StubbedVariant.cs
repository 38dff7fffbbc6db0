using JellyBean.Workflows.Models;

namespace JellyBean.Testing;

/// <summary>A function in the place of a loaded variant.</summary>
internal sealed class StubbedVariant<TIn, TOut>(Func<TIn, TOut> answer) : LoadedVariant<TIn, TOut>
    where TIn : notnull
    where TOut : notnull
{
    public override long MemoryBytes => 0;

    public override void Run(ReadOnlySpan<TIn> batch, Span<TOut> results)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            results[i] = answer(batch[i]);
        }
    }

    protected override void Dispose(bool disposing)
    {
    }
}
