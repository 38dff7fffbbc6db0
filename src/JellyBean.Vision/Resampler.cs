using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace JellyBean.Vision;

/// <summary>Bilinear resizing of [height, width, 4] bytes, pixel centres at half coordinates, edges repeated, in fixed point.</summary>
/// <remarks>As OpenCV's INTER_LINEAR: weights of 11 bits, rounded to the nearest byte.</remarks>
internal static class Resampler
{
    private const int WeightBits = 11;
    private const int One = 1 << WeightBits;
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
            var source = MemoryMarshal.Cast<byte, uint>(pixels);
            var offsets = integers.AsSpan(0, toWidth);
            var weights = integers.AsSpan(toWidth, toWidth);
            for (var x = 0; x < toWidth; x++)
            {
                (offsets[x], weights[x]) = Tap(x, width, toWidth);
            }

            var upper = integers.AsSpan(2 * toWidth, rowLength);
            var lower = integers.AsSpan((2 * toWidth) + rowLength, rowLength);
            var row = bytes.AsSpan(0, rowLength);
            var (upperIs, lowerIs) = (-1, -1);
            for (var y = 0; y < toHeight; y++)
            {
                var (above, weight) = Tap(y, height, toHeight);
                var below = Math.Min(above + 1, height - 1);
                if (upperIs != above)
                {
                    if (lowerIs == above)
                    {
                        var spare = upper;
                        upper = lower;
                        lower = spare;
                        (upperIs, lowerIs) = (lowerIs, -1);
                    }
                    else
                    {
                        Across(source.Slice(above * width, width), offsets, weights, target.BlueFirst, upper);
                        upperIs = above;
                    }
                }

                if (lowerIs != below)
                {
                    Across(source.Slice(below * width, width), offsets, weights, target.BlueFirst, lower);
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

    private static void Across(ReadOnlySpan<uint> source, ReadOnlySpan<int> offsets, ReadOnlySpan<int> weights, bool blueFirst, Span<int> result)
    {
        var (first, third) = blueFirst ? (16, 0) : (0, 16);
        var last = source.Length - 1;
        for (int x = 0, at = 0; x < offsets.Length && at + 2 < result.Length; x++, at += Channels)
        {
            var offset = offsets[x];
            var (a, b) = (source[offset], source[Math.Min(offset + 1, last)]);
            var after = weights[x];
            var before = One - after;
            result[at] = ((int)((a >> first) & 255) * before) + ((int)((b >> first) & 255) * after);
            result[at + 1] = ((int)((a >> 8) & 255) * before) + ((int)((b >> 8) & 255) * after);
            result[at + 2] = ((int)((a >> third) & 255) * before) + ((int)((b >> third) & 255) * after);
        }
    }

    private static void Down(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int weight, Span<byte> row)
    {
        const int Half = 1 << ((2 * WeightBits) - 1);
        var before = One - weight;
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + Vector256<byte>.Count <= row.Length; i += Vector256<byte>.Count)
            {
                var low = Vector256.Narrow(Blend(upper[i..], lower[i..], before, weight), Blend(upper[(i + 8)..], lower[(i + 8)..], before, weight));
                var high = Vector256.Narrow(Blend(upper[(i + 16)..], lower[(i + 16)..], before, weight), Blend(upper[(i + 24)..], lower[(i + 24)..], before, weight));
                Vector256.Narrow(low.AsUInt16(), high.AsUInt16()).CopyTo(row[i..]);
            }
        }

        for (; i < row.Length; i++)
        {
            row[i] = (byte)(((upper[i] * before) + (lower[i] * weight) + Half) >> (2 * WeightBits));
        }

        static Vector256<int> Blend(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int before, int after) =>
            ((Vector256.Create(upper) * before) + (Vector256.Create(lower) * after) + Vector256.Create(Half)) >> (2 * WeightBits);
    }
}
