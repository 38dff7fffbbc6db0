using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace JellyBean.Onnx;

/// <summary>Pinned memory for one input or output of a session, for as many elements as a run can take.</summary>
internal sealed class TensorBuffer
{
    private readonly byte[] _memory;
    private readonly int[] _shape;

    public TensorBuffer(string name, TensorType type, int[] shape, int rows)
    {
        Name = name;
        Type = type;
        _shape = shape;
        BytesPerElement = SliceLength(type, shape);
        _memory = GC.AllocateArray<byte>(checked(BytesPerElement * rows), pinned: true);
    }

    public string Name { get; }

    public TensorType Type { get; }

    public int BytesPerElement { get; }

    public long Bytes => _memory.LongLength;

    public ReadOnlySpan<int> Shape => _shape;

    public static int SliceLength(TensorType type, ReadOnlySpan<int> shape)
    {
        var length = SizeOf(type);
        foreach (var size in shape)
        {
            length = checked(length * size);
        }

        return length;
    }

    /// <returns>Null for a type that the room does not carry.</returns>
    public static TensorType? TypeOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => TensorType.Floats,
        TensorElementType.UInt8 => TensorType.Bytes,
        TensorElementType.Int64 => TensorType.Integers,
        _ => null,
    };

    public TensorSlice Slice(int element) => new(_memory.AsSpan(element * BytesPerElement, BytesPerElement), Type, _shape);

    public TensorView View(int element) => new(_memory.AsSpan(element * BytesPerElement, BytesPerElement), Type, _shape);

    /// <summary>Clears the places from <paramref name="from"/> on, so that padding of a fixed batch is the same in every run.</summary>
    public void Clear(int from) => _memory.AsSpan(from * BytesPerElement).Clear();

    /// <summary>The first <paramref name="rows"/> places as a value for the runtime; it points into this buffer, which must outlive it.</summary>
    public OrtValue Value(int rows)
    {
        long[] shape = [rows, .. _shape.Select(s => (long)s)];
        var address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, ElementType(Type), shape, address, (long)BytesPerElement * rows);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"'{Name}' {Type} [batch{string.Concat(_shape.Select(s => $", {s}"))}]");

    private static TensorElementType ElementType(TensorType type) => type switch
    {
        TensorType.Floats => TensorElementType.Float,
        TensorType.Bytes => TensorElementType.UInt8,
        _ => TensorElementType.Int64,
    };

    private static int SizeOf(TensorType type) => type switch
    {
        TensorType.Floats => sizeof(float),
        TensorType.Bytes => sizeof(byte),
        _ => sizeof(long),
    };
}
