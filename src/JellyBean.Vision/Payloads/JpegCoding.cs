using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace JellyBean.Vision.Payloads;

/// <summary>JPEG in and out. The codec is libjpeg-turbo, whose vector and scalar paths give the same bits.</summary>
internal static class JpegCoding
{
    private const int BytesPerPixel = 4;
    private static readonly SKJpegEncoderOptions Options = new(Picture.Quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);

    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format)
    {
        var (bytes, color) = format switch
        {
            PixelFormat.Rgb => (3, SKColorType.Rgba8888),
            PixelFormat.Bgr => (3, SKColorType.Bgra8888),
            PixelFormat.Rgbx => (4, SKColorType.Rgba8888),
            PixelFormat.Bgrx => (4, SKColorType.Bgra8888),
            PixelFormat.Gray => (1, SKColorType.Gray8),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown pixel format."),
        };
        var expected = (long)width * height * bytes;
        if (pixels.Length != expected)
        {
            throw new ArgumentException($"{width}×{height} pixels of {format} take {expected} bytes; found {pixels.Length}.", nameof(pixels));
        }

        if (bytes != 3)
        {
            return Encode(pixels, new SKImageInfo(width, height, color, SKAlphaType.Opaque), width * bytes);
        }

        var wide = ArrayPool<byte>.Shared.Rent(width * height * BytesPerPixel);
        try
        {
            var target = wide.AsSpan(0, width * height * BytesPerPixel);
            Widen(pixels, target);
            return Encode(target, new SKImageInfo(width, height, color, SKAlphaType.Opaque), width * BytesPerPixel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(wide);
        }
    }

    /// <returns>[height, width, 4] bytes: red, green, blue, 255.</returns>
    public static byte[] Decode(byte[] jpeg, int width, int height)
    {
        using var data = SKData.CreateCopy(jpeg);
        using var codec = SKCodec.Create(data) ?? throw new InvalidDataException("The JPEG cannot be decoded.");
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        if (codec.Info.Width != width || codec.Info.Height != height)
        {
            throw new InvalidDataException($"The JPEG decodes to {codec.Info.Width}×{codec.Info.Height}, but its header says {width}×{height}.");
        }

        var pixels = GC.AllocateUninitializedArray<byte>(width * height * BytesPerPixel);
        SKCodecResult result;
        unsafe
        {
            fixed (byte* address = pixels)
            {
                result = codec.GetPixels(info, (nint)address);
            }
        }

        return result == SKCodecResult.Success ? pixels : throw new InvalidDataException($"The JPEG's contents are damaged: {result}.");
    }

    private static unsafe byte[] Encode(ReadOnlySpan<byte> pixels, SKImageInfo info, int rowBytes)
    {
        fixed (byte* address = pixels)
        {
            using var map = new SKPixmap(info, (nint)address, rowBytes);
            using var stream = new SKDynamicMemoryWStream();
            if (!map.Encode(stream, Options))
            {
                throw new InvalidOperationException($"Encoding a picture of {info.Width}×{info.Height} failed.");
            }

            var jpeg = GC.AllocateUninitializedArray<byte>(stream.BytesWritten);
            fixed (byte* target = jpeg)
            {
                stream.CopyTo((nint)target);
            }

            return jpeg;
        }
    }

    private static void Widen(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var target = MemoryMarshal.Cast<byte, uint>(to);
        for (int i = 0, at = 0; i < target.Length; i++, at += 3)
        {
            target[i] = (uint)(from[at] | (from[at + 1] << 8) | (from[at + 2] << 16)) | 0xFF000000;
        }
    }
}
