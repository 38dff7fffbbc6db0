using JellyBean.Workflows.Models;

namespace JellyBean.Onnx;

/// <summary>Writes one element into its place in the batch.</summary>
/// <param name="element">The element.</param>
/// <param name="tensor">Its place; every value must be written.</param>
public delegate void TensorEncoder<in TIn>(TIn element, TensorSlice tensor);

/// <summary>Reads the answer for one element out of the outputs.</summary>
/// <param name="tensors">The element's part of every output; valid only during the call.</param>
/// <param name="element">The element.</param>
public delegate TOut TensorDecoder<in TIn, out TOut>(TensorSlices tensors, TIn element);

/// <summary>Makes variants out of ONNX files.</summary>
public static class OnnxVariant
{
    /// <summary>A variant that runs an ONNX file with one input. Pre- and post-processing belong to it, so variants of a model may differ in size, layout and colour order.</summary>
    /// <param name="name">Stable within its model: profiles refer to it.</param>
    /// <param name="path">The file; read when the variant is loaded, not now.</param>
    /// <param name="encode">Writes one element; called for each element of a batch in turn, by the thread that runs the variant.</param>
    /// <param name="decode">Reads one answer; likewise.</param>
    /// <param name="options">Batch and shapes; <see cref="OnnxOptions.Default"/> unless given.</param>
    /// <remarks>Both functions may be shared by several loaded instances on several threads: keep no state in them.</remarks>
    public static Variant<TIn, TOut> Create<TIn, TOut>(
        string name, string path, TensorEncoder<TIn> encode, TensorDecoder<TIn, TOut> decode, OnnxOptions? options = null)
        where TIn : notnull
        where TOut : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(encode);
        ArgumentNullException.ThrowIfNull(decode);
        options ??= OnnxOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatch, 1, nameof(options));
        return new OnnxFileVariant<TIn, TOut>(name, path, encode, decode, options);
    }
}
