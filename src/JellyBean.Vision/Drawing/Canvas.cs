using System.Runtime.InteropServices;

namespace JellyBean.Vision.Drawing;

/// <summary>Pixels to draw on: red, green, blue, 255. What lies outside is left out.</summary>
internal sealed class Canvas
{
    private const int LineWidth = 2;
    private const int LabelMargin = 2;

    // Letters of 7 pixels cannot be read on a contact sheet.
    private const int LetterScale = 2;
    private readonly byte[] _pixels;

    public Canvas(ReadOnlySpan<byte> pixels, int width, int height)
    {
        _pixels = pixels.ToArray();
        Width = width;
        Height = height;
    }

    public Canvas(int width, int height)
        : this(new byte[width * height * 4], width, height) => Fill(0, 0, width, height, 0xFF000000);

    public int Width { get; }

    public int Height { get; }

    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary><see cref="Pixels"/> for who writes them to a pipe.</summary>
    public ReadOnlyMemory<byte> Shared => _pixels;

    public void Draw(Mark mark)
    {
        var color = ColorOf(mark.Key);
        var (x, y) = ((int)mark.Box.X, (int)mark.Box.Y);
        var (width, height) = (Math.Max(1, (int)mark.Box.Width), Math.Max(1, (int)mark.Box.Height));
        Fill(x, y, width, LineWidth, color);
        Fill(x, y + height - LineWidth, width, LineWidth, color);
        Fill(x, y, LineWidth, height, color);
        Fill(x + width - LineWidth, y, LineWidth, height, color);
        if (mark.Label.Length > 0)
        {
            var labelHeight = (PixelFont.Height * LetterScale) + (2 * LabelMargin);
            var top = y >= labelHeight ? y - labelHeight : y;
            Fill(x, top, (mark.Label.Length * PixelFont.Advance * LetterScale) + LabelMargin, labelHeight, color);
            Write(x + LabelMargin, top + LabelMargin, mark.Label, 0xFF000000);
        }
    }

    public void Fill(int x, int y, int width, int height, uint color)
    {
        var (left, right) = (Math.Clamp(x, 0, Width), Math.Clamp(x + width, 0, Width));
        var pixels = MemoryMarshal.Cast<byte, uint>(_pixels.AsSpan());
        for (var row = Math.Max(0, y); row < Math.Min(Height, y + height); row++)
        {
            pixels.Slice((row * Width) + left, Math.Max(0, right - left)).Fill(color);
        }
    }

    public void Write(int x, int y, string text, uint color)
    {
        for (var i = 0; i < text.Length; i++)
        {
            for (var column = 0; column < PixelFont.Width; column++)
            {
                var bits = PixelFont.Column(text[i], column);
                for (var row = 0; row < PixelFont.Height; row++)
                {
                    if ((bits >> row & 1) != 0)
                    {
                        Fill(x + (((i * PixelFont.Advance) + column) * LetterScale), y + (row * LetterScale), LetterScale, LetterScale, color);
                    }
                }
            }
        }
    }

    /// <summary>Copies [height, width, 3] bytes, red, green, blue.</summary>
    public void Paste(int x, int y, int width, ReadOnlySpan<byte> rgb)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(_pixels.AsSpan());
        for (int i = 0, at = 0; at + 2 < rgb.Length; i++, at += 3)
        {
            pixels[((y + (i / width)) * Width) + x + (i % width)] = 0xFF000000 | (uint)(rgb[at] | (rgb[at + 1] << 8) | (rgb[at + 2] << 16));
        }
    }

    /// <summary>A light colour per key; hues of neighbouring keys lie apart by the golden ratio of the circle, so that those of a few keys in a row are easily told apart.</summary>
    internal static uint ColorOf(long key)
    {
        const uint low = 80, high = 255, steps = high - low;

        // 2⁶⁴ by the golden ratio: the upper half of the product is the place on the circle.
        var turn = unchecked((ulong)key * 11_400_714_819_323_198_485UL) >> 32;
        var hue = (uint)(turn * (6 * steps) >> 32);
        var (sixth, part) = (hue / steps, hue % steps);
        var (rising, falling) = (low + part, high - part);
        var (red, green, blue) = sixth switch
        {
            0 => (high, rising, low),
            1 => (falling, high, low),
            2 => (low, high, rising),
            3 => (low, falling, high),
            4 => (rising, low, high),
            _ => (high, low, falling),
        };
        return 0xFF000000 | (blue << 16) | (green << 8) | red;
    }
}
