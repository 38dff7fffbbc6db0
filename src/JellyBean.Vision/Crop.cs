using System.Buffers;

namespace JellyBean.Vision;

/// <summary>A piece of a frame, immutable, with its own encoding: it does not keep the frame.</summary>
public sealed class Crop
{
    /// <summary>A crop of a picture.</summary>
    /// <param name="camera">The camera's name; not empty.</param>
    /// <param name="number">Which frame of the camera, from 0.</param>
    /// <param name="capturedAt">When the frame was taken.</param>
    /// <param name="box">What was asked for, in pixels of the frame.</param>
    /// <param name="picture">What is seen.</param>
    public Crop(string camera, long number, DateTimeOffset capturedAt, Box box, Picture picture)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(camera);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentNullException.ThrowIfNull(picture);
        Camera = camera;
        Number = number;
        CapturedAt = capturedAt;
        Box = box;
        Picture = picture;
    }

    /// <summary>The camera's name.</summary>
    public string Camera { get; }

    /// <summary>Which frame of the camera it was cut from.</summary>
    public long Number { get; }

    /// <summary>When the frame was taken.</summary>
    public DateTimeOffset CapturedAt { get; }

    /// <summary>The box it was cut by, in pixels of the frame.</summary>
    public Box Box { get; }

    /// <summary>What is seen.</summary>
    public Picture Picture { get; }

    /// <inheritdoc cref="Picture.Width" />
    public int Width => Picture.Width;

    /// <inheritdoc cref="Picture.Height" />
    public int Height => Picture.Height;

    /// <inheritdoc cref="Picture.Pixels" />
    public ReadOnlySpan<byte> Pixels => Picture.Pixels;

    internal static Crop Cut(Frame frame, Box box)
    {
        const int BytesPerPixel = 4;
        var left = (int)Math.Clamp(MathF.Floor(box.X), 0, frame.Width - 1);
        var top = (int)Math.Clamp(MathF.Floor(box.Y), 0, frame.Height - 1);
        var right = (int)Math.Clamp(MathF.Ceiling(box.X + box.Width), left + 1, frame.Width);
        var bottom = (int)Math.Clamp(MathF.Ceiling(box.Y + box.Height), top + 1, frame.Height);
        var (width, height) = (right - left, bottom - top);

        var pixels = frame.Pixels;
        var length = width * height * BytesPerPixel;
        var piece = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            for (var y = 0; y < height; y++)
            {
                pixels.Slice((((top + y) * frame.Width) + left) * BytesPerPixel, width * BytesPerPixel).CopyTo(piece.AsSpan(y * width * BytesPerPixel));
            }

            return new Crop(frame.Camera, frame.Number, frame.CapturedAt, box, Picture.FromPixels(piece.AsSpan(0, length), width, height, PixelFormat.Rgbx));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
