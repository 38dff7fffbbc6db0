using System.Runtime.InteropServices;

namespace JellyBean.Onnx;

/// <summary>One element's part of an output. Valid only while the decoder runs.</summary>
public readonly ref struct TensorView
{
    private readonly ReadOnlySpan<byte> _memory;

    /// <summary>A view over values of the caller's, for testing a decoder without a model.</summary>
    /// <param name="values">As many as <paramref name="shape"/> says.</param>
    /// <param name="shape">Without the batch.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than the shape says.</exception>
    public TensorView(ReadOnlySpan<float> values, ReadOnlySpan<int> shape)
        : this(MemoryMarshal.AsBytes(values), TensorType.Floats, shape)
    {
        if (TensorBuffer.SliceLength(TensorType.Floats, shape) != _memory.Length)
        {
            throw new ArgumentException($"Shape [{string.Join(", ", shape.ToArray())}] does not hold {values.Length} values.", nameof(shape));
        }
    }

    internal TensorView(ReadOnlySpan<byte> memory, TensorType type, ReadOnlySpan<int> shape)
    {
        _memory = memory;
        Type = type;
        Shape = shape;
    }

    /// <summary>What the elements are.</summary>
    public TensorType Type { get; }

    /// <summary>The output's shape without the batch.</summary>
    public ReadOnlySpan<int> Shape { get; }

    /// <summary>The elements, row-major.</summary>
    /// <exception cref="InvalidOperationException">The tensor holds something else.</exception>
    public ReadOnlySpan<float> Floats => Type == TensorType.Floats
        ? MemoryMarshal.Cast<byte, float>(_memory)
        : throw new InvalidOperationException($"The model's output is {Type}; the decoder reads floats.");

    /// <inheritdoc cref="Floats" />
    public ReadOnlySpan<byte> Bytes => Type == TensorType.Bytes
        ? _memory
        : throw new InvalidOperationException($"The model's output is {Type}; the decoder reads bytes.");

    /// <inheritdoc cref="Floats" />
    public ReadOnlySpan<long> Integers => Type == TensorType.Integers
        ? MemoryMarshal.Cast<byte, long>(_memory)
        : throw new InvalidOperationException($"The model's output is {Type}; the decoder reads integers.");
}
