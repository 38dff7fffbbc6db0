using JellyBean.Onnx;

namespace JellyBean.Vision;

/// <summary>One picture of a camera, immutable.</summary>
public sealed class Frame
{
    /// <summary>A frame of a picture.</summary>
    /// <param name="camera">The camera's name; not empty.</param>
    /// <param name="number">Which frame of the camera, from 0.</param>
    /// <param name="capturedAt">When it was taken.</param>
    /// <param name="picture">What is seen.</param>
    public Frame(string camera, long number, DateTimeOffset capturedAt, Picture picture)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(camera);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentNullException.ThrowIfNull(picture);
        Camera = camera;
        Number = number;
        CapturedAt = capturedAt;
        Picture = picture;
    }

    /// <summary>The camera's name.</summary>
    public string Camera { get; }

    /// <summary>Which frame of the camera, from 0.</summary>
    public long Number { get; }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset CapturedAt { get; }

    /// <summary>What is seen.</summary>
    public Picture Picture { get; }

    /// <summary>Where the picture lies in the place that its camera watches.</summary>
    /// <value>Null, not known, unless set.</value>
    public Viewpoint? Viewpoint { get; init; }

    /// <inheritdoc cref="Picture.Width" />
    public int Width => Picture.Width;

    /// <inheritdoc cref="Picture.Height" />
    public int Height => Picture.Height;

    /// <inheritdoc cref="Picture.Pixels" />
    public ReadOnlySpan<byte> Pixels => Picture.Pixels;

    /// <summary>Makes a frame of pixels. They are encoded; the frame's pixels are what decoding gives.</summary>
    /// <inheritdoc cref="Picture.FromPixels" path="/param|/exception" />
    /// <param name="camera">The camera's name.</param>
    /// <param name="number">Which frame of the camera, from 0.</param>
    /// <param name="capturedAt">When it was taken.</param>
    /// <param name="pixels">Row after row, without gaps. Not kept.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="format">How the bytes stand.</param>
    public static Frame FromPixels(string camera, long number, DateTimeOffset capturedAt, ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format) =>
        new(camera, number, capturedAt, Picture.FromPixels(pixels, width, height, format));

    /// <summary>A black frame, for tests of workflows whose models are stubs.</summary>
    public static Frame Blank(string camera, long number = 0, DateTimeOffset capturedAt = default, int width = 16, int height = 16) =>
        FromPixels(camera, number, capturedAt, new byte[width * height], width, height, PixelFormat.Gray);

    /// <summary>Cuts a piece out, widened to whole pixels and clipped to the frame, at least one pixel.</summary>
    public Crop Crop(Box box) => Vision.Crop.Cut(this, box);

    /// <inheritdoc cref="PictureTensors.LetterboxTo" />
    public Placement LetterboxTo(TensorSlice tensor, PixelLayout layout) => Picture.LetterboxTo(tensor, layout);

    /// <inheritdoc cref="PictureTensors.StretchTo" />
    public Placement StretchTo(TensorSlice tensor, PixelLayout layout) => Picture.StretchTo(tensor, layout);

    /// <inheritdoc />
    public override string ToString() => $"{Camera}#{Number} {Width}×{Height}";
}
