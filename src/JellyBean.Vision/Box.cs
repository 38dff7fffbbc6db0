namespace JellyBean.Vision;

/// <summary>A rectangle on a picture, in pixels of that picture; it may reach over the edge.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Pixels; not negative.</param>
/// <param name="Height">Pixels; not negative.</param>
/// <param name="Score">How sure the detector is, 0–1.</param>
/// <param name="Class">What it is, as the detector numbers it; 0 is a person for detectors trained on COCO.</param>
public readonly record struct Box(float X, float Y, float Width, float Height, float Score = 1, int Class = 0)
{
    /// <summary>Overlap as intersection over union, 0–1.</summary>
    public float IoU(Box other)
    {
        var width = Math.Min(X + Width, other.X + other.Width) - Math.Max(X, other.X);
        var height = Math.Min(Y + Height, other.Y + other.Height) - Math.Max(Y, other.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        var shared = width * height;
        return shared / ((Width * Height) + (other.Width * other.Height) - shared);
    }

    /// <summary>The part that lies on a picture of the given size; of no size where none does.</summary>
    public Box Clip(int width, int height)
    {
        var (left, top) = (Math.Clamp(X, 0, width), Math.Clamp(Y, 0, height));
        var (right, bottom) = (Math.Clamp(X + Width, left, width), Math.Clamp(Y + Height, top, height));
        return this with { X = left, Y = top, Width = right - left, Height = bottom - top };
    }
}
