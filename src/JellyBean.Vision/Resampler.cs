using System.Buffers;
using System.Runtime.InteropServices;

namespace JellyBean.Vision;

/// <summary>Bilinear resizing of [height, width, 4] bytes, pixel centres at half coordinates, edges repeated, in fixed point.</summary>
/// <remarks>As OpenCV's INTER_LINEAR: weights of 11 bits, rounded to the nearest byte.</remarks>
internal static class Resampler
{
    private const int WeightBits = 11;
    private const int One = 1 << WeightBits;
    private const int SourceChannels = 4;
    private const int Channels = 3;

    /// <summary>Resizes a picture into the rectangle of <paramref name="target"/> that begins at <paramref name="left"/>, <paramref name="top"/>.</summary>
    public static void Resize(ReadOnlySpan<byte> pixels, int width, int height, PixelTarget target, int left, int top, int toWidth, int toHeight)
    {
        var rowLength = toWidth * Channels;
        // Columns: offset and weight per target pixel; two rows resized across; one finished row.
        var integers = ArrayPool<int>.Shared.Rent((2 * toWidth) + (2 * rowLength));
        var bytes = ArrayPool<byte>.Shared.Rent(rowLength);
        try
        {
            var offsets = integers.AsSpan(0, toWidth);
            var weights = integers.AsSpan(toWidth, toWidth);
            for (var x = 0; x < toWidth; x++)
            {
                (offsets[x], weights[x]) = Tap(x, width, toWidth);
                offsets[x] *= SourceChannels;
            }

            var upper = integers.AsSpan(2 * toWidth, rowLength);
            var lower = integers.AsSpan((2 * toWidth) + rowLength, rowLength);
            var row = bytes.AsSpan(0, rowLength);
            var (upperIs, lowerIs) = (-1, -1);
            for (var y = 0; y < toHeight; y++)
            {
                var (source, weight) = Tap(y, height, toHeight);
                var below = Math.Min(source + 1, height - 1);
                if (upperIs != source)
                {
                    if (lowerIs == source)
                    {
                        var spare = upper;
                        upper = lower;
                        lower = spare;
                        (upperIs, lowerIs) = (lowerIs, -1);
                    }
                    else
                    {
                        Across(pixels.Slice(source * width * SourceChannels, width * SourceChannels), offsets, weights, upper);
                        upperIs = source;
                    }
                }

                if (lowerIs != below)
                {
                    Across(pixels.Slice(below * width * SourceChannels, width * SourceChannels), offsets, weights, lower);
                    lowerIs = below;
                }

                Down(upper, lower, weight, row);
                target.Write(left, top + y, row);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(integers);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Which source pixel lies before a target pixel's centre, and the weight, of <see cref="One"/>, of the one after it.</summary>
    private static (int Source, int Weight) Tap(int at, int size, int toSize)
    {
        var position = ((at + 0.5) * size / toSize) - 0.5;
        var source = (int)Math.Floor(position);
        return source < 0 ? (0, 0)
            : source >= size - 1 ? (size - 1, 0)
            : (source, (int)Math.Round((position - source) * One));
    }

    private static void Across(ReadOnlySpan<byte> source, ReadOnlySpan<int> offsets, ReadOnlySpan<int> weights, Span<int> result)
    {
        var last = source.Length - SourceChannels;
        for (int x = 0, at = 0; x < offsets.Length; x++, at += Channels)
        {
            var a = MemoryMarshal.Read<uint>(source[offsets[x]..]);
            var b = MemoryMarshal.Read<uint>(source[Math.Min(offsets[x] + SourceChannels, last)..]);
            var after = weights[x];
            var before = One - after;
            result[at] = ((int)(a & 255) * before) + ((int)(b & 255) * after);
            result[at + 1] = ((int)((a >> 8) & 255) * before) + ((int)((b >> 8) & 255) * after);
            result[at + 2] = ((int)((a >> 16) & 255) * before) + ((int)((b >> 16) & 255) * after);
        }
    }

    private static void Down(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int weight, Span<byte> row)
    {
        const int Half = 1 << ((2 * WeightBits) - 1);
        var before = One - weight;
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (byte)(((upper[i] * before) + (lower[i] * weight) + Half) >> (2 * WeightBits));
        }
    }
}
