namespace JellyBean.Vision;

/// <summary>Where a picture stands in a model's input, to bring answers back to the picture.</summary>
/// <param name="ScaleX">Pixels of the picture per pixel of the input.</param>
/// <param name="ScaleY">Likewise, downwards.</param>
/// <param name="Left">Where the picture begins in the input, in its pixels.</param>
/// <param name="Top">Likewise, downwards.</param>
public readonly record struct Placement(float ScaleX, float ScaleY, int Left, int Top)
{
    /// <summary>The whole input, whatever that does to the picture's proportions.</summary>
    public static Placement Stretch(int width, int height, int inputWidth, int inputHeight) =>
        new((float)width / inputWidth, (float)height / inputHeight, 0, 0);

    /// <summary>As large as fits with its proportions kept, in the middle.</summary>
    public static Placement Letterbox(int width, int height, int inputWidth, int inputHeight)
    {
        var (placedWidth, placedHeight) = LetterboxSize(width, height, inputWidth, inputHeight);
        return new((float)width / placedWidth, (float)height / placedHeight, (inputWidth - placedWidth) / 2, (inputHeight - placedHeight) / 2);
    }

    /// <summary>A box of the input as a box of the picture.</summary>
    /// <param name="left">Edges in pixels of the input.</param>
    /// <param name="top">Upper edge.</param>
    /// <param name="right">Right edge.</param>
    /// <param name="bottom">Lower edge.</param>
    /// <param name="score">0–1.</param>
    /// <param name="class">As the detector numbers it.</param>
    public Box ToPicture(float left, float top, float right, float bottom, float score, int @class) =>
        new((left - Left) * ScaleX, (top - Top) * ScaleY, Math.Max(0, (right - left) * ScaleX), Math.Max(0, (bottom - top) * ScaleY), score, @class);

    internal static (int Width, int Height) LetterboxSize(int width, int height, int inputWidth, int inputHeight)
    {
        var scale = Math.Min((double)inputWidth / width, (double)inputHeight / height);
        return (Math.Clamp((int)Math.Round(width * scale), 1, inputWidth), Math.Clamp((int)Math.Round(height * scale), 1, inputHeight));
    }
}
