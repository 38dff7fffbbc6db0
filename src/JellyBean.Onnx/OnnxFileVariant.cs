using JellyBean.Workflows.Models;

namespace JellyBean.Onnx;

internal sealed class OnnxFileVariant<TIn, TOut>(
    string name, string path, TensorEncoder<TIn> encode, TensorDecoder<TIn, TOut> decode, OnnxOptions options)
    : Variant<TIn, TOut>(name)
    where TIn : notnull
    where TOut : notnull
{
    public override int MaxBatch => options.MaxBatch;

    public override IReadOnlyList<string> Files { get; } = [path];

    public override bool LoadsOnOwnThreads => true;

    // Loading takes tens to hundreds of milliseconds of computing: a thread of its own, never one of the pool.
    public override Task<LoadedVariant<TIn, TOut>> LoadAsync(Device device, CancellationToken cancellationToken) =>
        Task.Factory.StartNew<LoadedVariant<TIn, TOut>>(
            () => new Loaded(OnnxSession.Load(Name, path, options, device, cancellationToken), encode, decode),
            cancellationToken,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);

    private sealed class Loaded(OnnxSession session, TensorEncoder<TIn> encode, TensorDecoder<TIn, TOut> decode) : LoadedVariant<TIn, TOut>
    {
        public override long MemoryBytes => session.MemoryBytes;

        public override int MaxBatch => session.MaxBatch;

        public override void Run(ReadOnlySpan<TIn> batch, Span<TOut> results)
        {
            session.CheckBatch(batch.Length, results.Length);
            for (var i = 0; i < batch.Length; i++)
            {
                encode(batch[i], session.Input.Slice(i));
            }

            session.Run(batch.Length);
            for (var i = 0; i < batch.Length; i++)
            {
                results[i] = decode(session.Outputs(i), batch[i]);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                session.Dispose();
            }
        }
    }
}
