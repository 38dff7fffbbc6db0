using JellyBean.Onnx;

namespace JellyBean.Vision;

/// <summary>A tensor seen as rows of pixels.</summary>
internal readonly ref struct PixelTarget
{
    private readonly PixelLayout _layout;
    private readonly Span<byte> _bytes;
    private readonly Span<float> _floats;

    public PixelTarget(TensorSlice tensor, PixelLayout layout)
    {
        var shape = tensor.Shape;
        var fits = shape.Length == 3 && shape[layout.Planar ? 0 : 2] == 3;
        if (!fits)
        {
            throw new InvalidOperationException($"The model's input is [{string.Join(", ", shape.ToArray())}]; the layout writes {(layout.Planar ? "[3, height, width]" : "[height, width, 3]")}.");
        }

        _layout = layout;
        (Height, Width) = layout.Planar ? (shape[1], shape[2]) : (shape[0], shape[1]);
        if (tensor.Type == TensorType.Bytes)
        {
            _bytes = tensor.Bytes;
        }
        else
        {
            _floats = tensor.Floats;
        }
    }

    public int Width { get; }

    public int Height { get; }

    public void Fill(byte value)
    {
        if (!_bytes.IsEmpty)
        {
            _bytes.Fill(value);
            return;
        }

        var plane = Width * Height;
        for (var channel = 0; channel < 3; channel++)
        {
            var number = _layout.Table[(channel << 8) + value];
            if (_layout.Planar)
            {
                _floats.Slice(channel * plane, plane).Fill(number);
                continue;
            }

            for (var i = channel; i < _floats.Length; i += 3)
            {
                _floats[i] = number;
            }
        }
    }

    /// <summary>Whether a row's pixels are to begin with blue.</summary>
    public bool BlueFirst => _layout.BlueFirst;

    /// <summary>Writes a run of pixels: [count, 3] bytes, in the layout's channel order.</summary>
    public void Write(int x, int y, ReadOnlySpan<byte> row)
    {
        var first = (y * Width) + x;
        if (!_bytes.IsEmpty && !_layout.Planar)
        {
            row.CopyTo(_bytes[(first * 3)..]);
            return;
        }

        for (var channel = 0; channel < 3; channel++)
        {
            var (at, step) = _layout.Planar ? ((channel * Width * Height) + first, 1) : ((first * 3) + channel, 3);
            if (!_bytes.IsEmpty)
            {
                var target = _bytes[at..];
                for (int i = 0, source = channel; source < row.Length; i += step, source += 3)
                {
                    target[i] = row[source];
                }
            }
            else
            {
                var target = _floats[at..];
                var table = _layout.Table.Slice(channel << 8, 256);
                for (int i = 0, source = channel; source < row.Length; i += step, source += 3)
                {
                    target[i] = table[row[source]];
                }
            }
        }
    }
}
