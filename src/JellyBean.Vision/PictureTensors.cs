using JellyBean.Onnx;

namespace JellyBean.Vision;

/// <summary>Writes pictures into model inputs: resized, bilinear, in the layout that the model wants. Allocates nothing once warm.</summary>
public static class PictureTensors
{
    /// <summary>What fills the input around a letterboxed picture, 0–255 in every channel: the grey that YOLO detectors are trained with.</summary>
    public const byte Fill = 114;

    /// <summary>Fits the picture into the input with its proportions kept, in the middle, on grey.</summary>
    /// <param name="picture">What to write.</param>
    /// <param name="tensor">[3, height, width] or [height, width, 3], as <paramref name="layout"/> says; floats or bytes.</param>
    /// <param name="layout">Order, mean and deviation.</param>
    /// <returns>Where the picture stands in the input.</returns>
    /// <exception cref="InvalidOperationException">The tensor's shape does not fit the layout.</exception>
    public static Placement LetterboxTo(this Picture picture, TensorSlice tensor, PixelLayout layout)
    {
        var target = new PixelTarget(tensor, layout);
        var (width, height) = Placement.LetterboxSize(picture.Width, picture.Height, target.Width, target.Height);
        var placement = Placement.Letterbox(picture.Width, picture.Height, target.Width, target.Height);
        if (width != target.Width || height != target.Height)
        {
            target.Fill(Fill);
        }

        Resampler.Resize(picture.Pixels, picture.Width, picture.Height, target, placement.Left, placement.Top, width, height);
        return placement;
    }

    /// <summary>Fills the input with the picture, whatever that does to its proportions.</summary>
    /// <inheritdoc cref="LetterboxTo" />
    public static Placement StretchTo(this Picture picture, TensorSlice tensor, PixelLayout layout)
    {
        var target = new PixelTarget(tensor, layout);
        Resampler.Resize(picture.Pixels, picture.Width, picture.Height, target, 0, 0, target.Width, target.Height);
        return Placement.Stretch(picture.Width, picture.Height, target.Width, target.Height);
    }
}
