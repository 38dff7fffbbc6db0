using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Tests.Engine;

/// <summary>A variant that is a function. Can be told to fail on batches of one size.</summary>
internal sealed class FakeVariant<TIn, TOut>(string name, Func<TIn, TOut> answer, int maxBatch = 8, Action<FakeVariant<TIn, TOut>>? onDispose = null, int failsOnBatch = 0) : Variant<TIn, TOut>(name)
    where TIn : notnull
    where TOut : notnull
{
    public override int MaxBatch => maxBatch;

    public override Task<LoadedVariant<TIn, TOut>> LoadAsync(Device device, CancellationToken cancellationToken) =>
        Task.FromResult<LoadedVariant<TIn, TOut>>(new Loaded(this, answer, onDispose, failsOnBatch));

    private sealed class Loaded(FakeVariant<TIn, TOut> variant, Func<TIn, TOut> answer, Action<FakeVariant<TIn, TOut>>? onDispose, int failsOnBatch) : LoadedVariant<TIn, TOut>
    {
        public override long MemoryBytes => 0;

        public override void Run(ReadOnlySpan<TIn> batch, Span<TOut> results)
        {
            if (batch.Length == failsOnBatch)
            {
                throw new InvalidOperationException($"no batches of {failsOnBatch}");
            }

            for (var i = 0; i < batch.Length; i++)
            {
                results[i] = answer(batch[i]);
            }
        }

        protected override void Dispose(bool disposing) => onDispose?.Invoke(variant);
    }
}
