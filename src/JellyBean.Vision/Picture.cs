using JellyBean.Vision.Payloads;

namespace JellyBean.Vision;

/// <summary>An immutable picture. Its one encoding is JPEG, applied where it is made: its pixels are what decoding the JPEG gives, here and on any other node.</summary>
/// <remarks>Thread-safe. Pixels are decoded when first asked for and kept; who only passes a picture on never decodes it.</remarks>
public sealed class Picture
{
    /// <summary>JPEG quality of every picture made here, 0–100. At 90 detectors score as on raw pixels, and a frame takes about a tenth of its bytes.</summary>
    public const int Quality = 90;

    /// <summary>Longest side of a picture, in pixels.</summary>
    public const int MaxSide = 16_384;

    /// <summary>Most bytes of an encoded picture.</summary>
    public const int MaxEncodedBytes = 64 * 1024 * 1024;

    private readonly byte[] _jpeg;
    private readonly Lock _decoding = new();
    private volatile byte[]? _pixels;

    private Picture(byte[] jpeg, int width, int height)
    {
        _jpeg = jpeg;
        Width = width;
        Height = height;
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The encoded picture.</summary>
    public ReadOnlyMemory<byte> Jpeg => _jpeg;

    /// <summary>[height, width, 4] bytes: red, green, blue 0–255 and 255.</summary>
    /// <exception cref="InvalidDataException">The JPEG, received from elsewhere, has a good header but damaged contents.</exception>
    public ReadOnlySpan<byte> Pixels => _pixels ?? Decode();

    /// <summary><see cref="Pixels"/> for who writes them to a pipe.</summary>
    internal ReadOnlyMemory<byte> Shared => _pixels ?? Decode();

    /// <summary>Makes a picture of pixels, by encoding them at <see cref="Quality"/>.</summary>
    /// <param name="pixels">Row after row, without gaps. Not kept.</param>
    /// <param name="width">1 to <see cref="MaxSide"/> pixels.</param>
    /// <param name="height">1 to <see cref="MaxSide"/> pixels.</param>
    /// <param name="format">How the bytes stand.</param>
    /// <exception cref="ArgumentException">The sizes are out of range or do not fit the bytes.</exception>
    public static Picture FromPixels(ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format)
    {
        CheckSide(width, nameof(width));
        CheckSide(height, nameof(height));
        return new Picture(JpegCoding.Encode(pixels, width, height, format), width, height);
    }

    /// <summary>Takes a JPEG as it is: its header is checked, its contents when pixels are asked for.</summary>
    /// <param name="jpeg">A JPEG of grey or colour, 8 bits per channel. Copied.</param>
    /// <exception cref="InvalidDataException">The bytes are not such a JPEG, are cut off, or larger than allowed.</exception>
    public static Picture FromJpeg(ReadOnlySpan<byte> jpeg)
    {
        if (jpeg.Length > MaxEncodedBytes)
        {
            throw new InvalidDataException($"A picture may have {MaxEncodedBytes} bytes; found {jpeg.Length}.");
        }

        var (width, height) = JpegHeader.Read(jpeg);
        return new Picture(jpeg.ToArray(), width, height);
    }

    private byte[] Decode()
    {
        lock (_decoding)
        {
            return _pixels ??= JpegCoding.Decode(_jpeg, Width, Height);
        }
    }

    private static void CheckSide(int side, string name)
    {
        if (side is < 1 or > MaxSide)
        {
            throw new ArgumentOutOfRangeException(name, side, $"A picture's side is 1 to {MaxSide} pixels.");
        }
    }
}
