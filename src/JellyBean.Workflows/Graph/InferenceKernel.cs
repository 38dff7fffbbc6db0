using JellyBean.Workflows.Models;

namespace JellyBean.Workflows.Graph;

/// <summary>A loaded variant together with the functions around it: takes a batch of the operator's input elements, gives its output elements.</summary>
/// <remarks>One thread at a time. Holds no element between runs.</remarks>
internal abstract class InferenceKernel(string variant, int maxBatch) : IDisposable
{
    public string Variant { get; } = variant;

    public int MaxBatch { get; } = maxBatch;

    public abstract long MemoryBytes { get; }

    /// <summary>Runs a batch of 1 to <see cref="MaxBatch"/> elements; every result is filled. If it throws, nothing of the batch counts.</summary>
    public abstract void Run(ReadOnlySpan<object> values, Span<object> results);

    public abstract void Dispose();
}

internal sealed class InferenceKernel<T, TIn, TOut, TResult>(
    string variant, int maxBatch, LoadedVariant<TIn, TOut> loaded, Func<T, TIn> select, Func<T, TOut, TResult> result)
    : InferenceKernel(variant, maxBatch)
    where T : notnull
    where TIn : notnull
    where TOut : notnull
    where TResult : notnull
{
    private readonly TIn[] _inputs = new TIn[maxBatch];
    private readonly TOut[] _outputs = new TOut[maxBatch];

    public override long MemoryBytes => loaded.MemoryBytes;

    public override void Run(ReadOnlySpan<object> values, Span<object> results)
    {
        var inputs = _inputs.AsSpan(0, values.Length);
        var outputs = _outputs.AsSpan(0, values.Length);
        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                inputs[i] = select((T)values[i]);
            }

            loaded.Run(inputs, outputs);
            for (var i = 0; i < values.Length; i++)
            {
                results[i] = ResultOf((T)values[i], outputs[i]);
            }
        }
        finally
        {
            inputs.Clear();
            outputs.Clear();
        }
    }

    public override void Dispose() => loaded.Dispose();

    // What users write may give null whatever its type says.
    private object ResultOf(T value, TOut answer)
    {
        if (answer is null)
        {
            throw new InvalidOperationException($"Variant '{Variant}' gave null for an element. Allowed is an answer for each: its Run must fill every place of the results.");
        }

        return (object?)result(value, answer)
            ?? throw new InvalidOperationException($"The function that makes a result of an answer of variant '{Variant}' gave null. Allowed is a value of {typeof(TResult)} for each answer.");
    }
}
