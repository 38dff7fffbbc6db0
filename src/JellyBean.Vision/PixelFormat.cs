namespace JellyBean.Vision;

/// <summary>How the bytes of a picture in memory stand.</summary>
public enum PixelFormat
{
    /// <summary>3 bytes: red, green, blue.</summary>
    Rgb,

    /// <summary>3 bytes: blue, green, red.</summary>
    Bgr,

    /// <summary>4 bytes: red, green, blue, unused.</summary>
    Rgbx,

    /// <summary>4 bytes: blue, green, red, unused.</summary>
    Bgrx,

    /// <summary>1 byte: brightness.</summary>
    Gray,
}
