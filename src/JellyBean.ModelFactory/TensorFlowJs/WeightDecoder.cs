using System.Buffers.Binary;
using System.Collections.Immutable;

namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>Takes weights from the joined bytes of a group, one after the other, in the order of the manifest.</summary>
internal sealed class WeightDecoder
{
    private readonly byte[] _bytes;
    private readonly string _files;
    private int _position;

    /// <param name="bytes">The joined shards.</param>
    /// <param name="files">Their names, for messages.</param>
    public WeightDecoder(byte[] bytes, string files)
    {
        _bytes = bytes;
        _files = files;
    }

    /// <exception cref="ModelFormatException">The bytes end too early, or the weight is described in a way we do not know.</exception>
    public Weight Next(WeightJson json)
    {
        if (string.IsNullOrEmpty(json.Name) || json.Shape is null || json.Dtype is null)
            throw new ModelFormatException($"A weight in '{_files}' has no name, shape or dtype. The model.json is damaged; get it again.");

        ImmutableArray<long> shape = [.. json.Shape];
        int count = CountOf(shape, json.Name);
        bool integers = json.Dtype is "int32" or "bool" or "uint8";
        if (!integers && json.Dtype != "float32")
            throw new ModelFormatException($"Weight '{json.Name}' is of type '{json.Dtype}', but only float32, int32, uint8 and bool can be read.");

        float[]? restored = json.Quantization is { } quantization ? Restore(json.Name, quantization, count) : null;
        return integers
            ? new Weight { Name = json.Name, Shape = shape, Integers = restored is null ? ReadIntegers(json, count) : Rounded(restored) }
            : new Weight { Name = json.Name, Shape = shape, Numbers = restored ?? ReadNumbers(json.Name, count) };
    }

    /// <summary>All bytes must be used: left-overs mean that manifest and shards do not belong together.</summary>
    public void ExpectEnd()
    {
        if (_position != _bytes.Length)
            throw new ModelFormatException(
                $"'{_files}' holds {_bytes.Length} bytes, but the manifest describes {_position}. model.json and weights do not belong together; get both again.");
    }

    private float[] Restore(string name, QuantizationJson quantization, int count)
    {
        switch (quantization.Dtype)
        {
            case "float16":
                return Decode(Take(name, count, sizeof(ushort)), count, sizeof(ushort), static bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes));
            case "uint8" or "uint16" when quantization is { Scale: { } scale, Min: { } minimum }:
                return quantization.Dtype == "uint8"
                    ? Decode(Take(name, count, sizeof(byte)), count, sizeof(byte), bytes => (float)((bytes[0] * scale) + minimum))
                    : Decode(Take(name, count, sizeof(ushort)), count, sizeof(ushort), bytes => (float)((BinaryPrimitives.ReadUInt16LittleEndian(bytes) * scale) + minimum));
            default:
                throw new ModelFormatException(
                    $"Weight '{name}' is quantised as '{quantization.Dtype}' (scale {quantization.Scale}, min {quantization.Min}), but float16, or uint8 and uint16 with scale and min, were expected.");
        }
    }

    private float[] ReadNumbers(string name, int count) =>
        Decode(Take(name, count, sizeof(float)), count, sizeof(float), static bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes));

    private long[] ReadIntegers(WeightJson json, int count) => json.Dtype == "int32"
        ? Decode(Take(json.Name!, count, sizeof(int)), count, sizeof(int), static bytes => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes))
        : Decode(Take(json.Name!, count, sizeof(byte)), count, sizeof(byte), static bytes => (long)bytes[0]);

    private static long[] Rounded(float[] numbers) => Array.ConvertAll(numbers, number => (long)MathF.Round(number));

    private static T[] Decode<T>(ReadOnlySpan<byte> bytes, int count, int width, Func<ReadOnlySpan<byte>, T> read)
    {
        var values = new T[count];
        for (int index = 0; index < count; index++)
            values[index] = read(bytes.Slice(index * width, width));
        return values;
    }

    private ReadOnlySpan<byte> Take(string name, int count, int width)
    {
        long length = (long)count * width;
        if (length > _bytes.Length - _position)
            throw new ModelFormatException(
                $"Weight '{name}' needs {length} bytes at offset {_position}, but '{_files}' ends after {_bytes.Length}. The weights are truncated; get them again.");
        ReadOnlySpan<byte> taken = _bytes.AsSpan(_position, (int)length);
        _position += (int)length;
        return taken;
    }

    private int CountOf(ImmutableArray<long> shape, string name)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            // One byte is the least that an element takes, so no honest count exceeds the bytes there are.
            if (dimension < 0 || dimension > int.MaxValue || (count = count * dimension) > Math.Max(1, _bytes.Length))
                throw new ModelFormatException(
                    $"Weight '{name}' has the shape [{string.Join(", ", shape)}], more than the {_bytes.Length} bytes of '{_files}' can hold. The weights are truncated or the model.json is damaged; get both again.");
        }

        return (int)count;
    }
}
