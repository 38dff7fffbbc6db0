namespace JellyBean.Vision.Tests;

/// <summary>Made-up pixels.</summary>
internal static class Pixels
{
    /// <summary>[height, width, 4] bytes of noise over a gradient.</summary>
    public static byte[] Noise(int width, int height, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (i & 3) == 3 ? (byte)255 : (byte)((i * 200 / pixels.Length) + random.Next(56));
        }

        return pixels;
    }

    public static Picture Plain(int width, int height, byte red, byte green, byte blue)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i += 3)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (red, green, blue);
        }

        return Picture.FromPixels(pixels, width, height, PixelFormat.Rgb);
    }

    public static Frame Frame(int width, int height, int seed = 1) =>
        Vision.Frame.FromPixels("north", seed, DateTimeOffset.UnixEpoch.AddSeconds(seed), Noise(width, height, seed), width, height, PixelFormat.Rgbx);
}
