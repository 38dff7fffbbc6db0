using System.Runtime.InteropServices;

namespace JellyBean.Onnx;

/// <summary>One element's place in the batch that a model is about to run. Its bytes are left over from an earlier run: write all of them.</summary>
public readonly ref struct TensorSlice
{
    private readonly Span<byte> _memory;

    /// <summary>A slice over memory of the caller's, for testing an encoder without a model.</summary>
    /// <param name="memory">As many bytes as <paramref name="shape"/> and <paramref name="type"/> say.</param>
    /// <param name="type">What the elements are.</param>
    /// <param name="shape">Without the batch.</param>
    /// <exception cref="ArgumentException">The memory is not as long as the shape.</exception>
    public TensorSlice(Span<byte> memory, TensorType type, ReadOnlySpan<int> shape)
    {
        var expected = TensorBuffer.SliceLength(type, shape);
        if (memory.Length != expected)
        {
            throw new ArgumentException($"A {type} slice of shape [{string.Join(", ", shape.ToArray())}] takes {expected} bytes; found {memory.Length}.", nameof(memory));
        }

        _memory = memory;
        Type = type;
        Shape = shape;
    }

    /// <summary>What the elements are.</summary>
    public TensorType Type { get; }

    /// <summary>The input's shape without the batch, as in [3, height, width].</summary>
    public ReadOnlySpan<int> Shape { get; }

    /// <summary>The elements, row-major.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds something else.</exception>
    public Span<float> Floats => Type == TensorType.Floats
        ? MemoryMarshal.Cast<byte, float>(_memory)
        : throw new InvalidOperationException($"The model's input is {Type}; the encoder writes floats.");

    /// <inheritdoc cref="Floats" />
    public Span<byte> Bytes => Type == TensorType.Bytes
        ? _memory
        : throw new InvalidOperationException($"The model's input is {Type}; the encoder writes bytes.");
}
