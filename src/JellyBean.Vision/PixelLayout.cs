using System.Collections.Immutable;

namespace JellyBean.Vision;

/// <summary>How a model wants pixels in its input tensor. Whether values are floats or bytes, and the size, is the tensor's to say.</summary>
public sealed record PixelLayout
{
    // Means and deviations of ImageNet's pixels, red, green, blue, 0–255, as torchvision gives them.
    private static readonly ImmutableArray<float> ImageNetMean = [123.675f, 116.28f, 103.53f];
    private static readonly ImmutableArray<float> ImageNetDeviation = [58.395f, 57.12f, 57.375f];

    private readonly Lazy<float[]> _table;

    /// <summary>Bytes or floats of 0–255, red first, channels last.</summary>
    public PixelLayout() => _table = new Lazy<float[]>(Tabulate);

    private PixelLayout(PixelLayout original)
    {
        (Planar, BlueFirst, Mean, Deviation) = (original.Planar, original.BlueFirst, original.Mean, original.Deviation);
        _table = new Lazy<float[]>(Tabulate);
    }

    /// <summary>[3, height, width], RGB, 0–1.</summary>
    public static PixelLayout NchwRgb01 { get; } = new() { Planar = true, Deviation = [255, 255, 255] };

    /// <summary>[3, height, width], RGB, less ImageNet's mean, by its deviation.</summary>
    public static PixelLayout NchwRgbImageNet { get; } = new() { Planar = true, Mean = ImageNetMean, Deviation = ImageNetDeviation };

    /// <summary>[3, height, width], BGR, less ImageNet's mean, by its deviation.</summary>
    public static PixelLayout NchwBgrImageNet { get; } =
        new() { Planar = true, BlueFirst = true, Mean = [.. ImageNetMean.Reverse()], Deviation = [.. ImageNetDeviation.Reverse()] };

    /// <summary>[height, width, 3], RGB, 0–255.</summary>
    public static PixelLayout NhwcRgb { get; } = new();

    /// <summary>[height, width, 3], BGR, 0–255.</summary>
    public static PixelLayout NhwcBgr { get; } = new() { BlueFirst = true };

    /// <summary>Whether each channel is a plane of its own: [3, height, width] instead of [height, width, 3].</summary>
    public bool Planar { get; init; }

    /// <summary>Whether blue comes first.</summary>
    public bool BlueFirst { get; init; }

    /// <summary>Subtracted from each channel's 0–255, in the tensor's channel order. Floats only.</summary>
    public ImmutableArray<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>What each channel is divided by after that, in the tensor's channel order. Floats only.</summary>
    public ImmutableArray<float> Deviation { get; init; } = [1, 1, 1];

    /// <summary>[3, 256]: the float for each byte of each channel.</summary>
    internal ReadOnlySpan<float> Table => _table.Value;

    private float[] Tabulate()
    {
        var table = new float[3 * 256];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = ((i & 255) - Mean[i >> 8]) / Deviation[i >> 8];
        }

        return table;
    }
}
