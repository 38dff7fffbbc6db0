using JellyBean.Onnx;
using SkiaSharp;

namespace JellyBean.Vision.Drawing;

/// <summary>Several pictures on one sheet.</summary>
public static class ContactSheet
{
    private const int Gap = 4;

    /// <summary>Lays pictures out row by row, each fitted into a tile with its proportions kept.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="columns">Tiles per row, 1 or more.</param>
    /// <param name="tileWidth">Pixels.</param>
    /// <param name="tileHeight">Pixels.</param>
    /// <returns>A PNG file's bytes.</returns>
    /// <exception cref="ArgumentException">There is no picture, or the sheet would be larger than <see cref="Picture.MaxSide"/>.</exception>
    public static byte[] Png(IReadOnlyList<Picture> pictures, int columns = 4, int tileWidth = 320, int tileHeight = 240)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tileHeight, 1);
        var rows = (pictures.Count + columns - 1) / columns;
        var width = ((long)Math.Min(columns, pictures.Count) * (tileWidth + Gap)) + Gap;
        var height = ((long)rows * (tileHeight + Gap)) + Gap;
        if (rows == 0 || width > Picture.MaxSide || height > Picture.MaxSide)
        {
            throw new ArgumentException($"{pictures.Count} tiles in {columns} columns make a sheet of {width}×{height}; allowed: at least one tile, sides up to {Picture.MaxSide}.", nameof(pictures));
        }

        var canvas = new Canvas((int)width, (int)height);
        var tile = new byte[tileWidth * tileHeight * 3];
        for (var i = 0; i < pictures.Count; i++)
        {
            pictures[i].LetterboxTo(new TensorSlice(tile, TensorType.Bytes, [tileHeight, tileWidth, 3]), PixelLayout.NhwcRgb);
            canvas.Paste(Gap + (i % columns * (tileWidth + Gap)), Gap + (i / columns * (tileHeight + Gap)), tileWidth, tile);
        }

        return Encode(canvas);
    }

    internal static unsafe byte[] Encode(Canvas canvas)
    {
        fixed (byte* address = canvas.Pixels)
        {
            using var map = new SKPixmap(new SKImageInfo(canvas.Width, canvas.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), (nint)address);
            using var png = map.Encode(SKPngEncoderOptions.Default) ?? throw new InvalidOperationException($"Encoding a sheet of {canvas.Width}×{canvas.Height} failed.");
            return png.ToArray();
        }
    }
}
