using System.Globalization;
using JellyBean.Workflows.Models;

namespace JellyBean.Vision.Appearance;

/// <summary>An embedder without training: histograms of hue, saturation and brightness over horizontal stripes of a crop.</summary>
/// <remarks>
/// Per stripe 16 × 4 bins of hue × saturation, for pixels with enough of both to have a hue, and 8 bins of brightness for the others;
/// pixels count more the nearer they are to the crop's vertical middle line, where the person is rather than the background. Square
/// roots of the bins (the Hellinger kernel) keep large plain areas from drowning the rest.
/// </remarks>
public static class StripeHistogram
{
    private const int HueBins = 16;
    private const int SaturationBins = 4;
    private const int BrightnessBins = 8;
    private const int BinsPerStripe = (HueBins * SaturationBins) + BrightnessBins;
    private const int MostStripes = 64;

    // Below these, of 255, hue is noise of the encoding.
    private const int LeastBrightness = 32;
    private const int LeastSaturation = 24;

    /// <summary>One variant per number of stripes: <c>stripes-1</c>, <c>stripes-3</c>, …; more stripes tell shirt from trousers, and cost little more.</summary>
    /// <param name="stripes">1 to 64 each. Looks have 72 values per stripe.</param>
    public static IEnumerable<Variant<Crop, Look>> Variants(params IEnumerable<int> stripes)
    {
        ArgumentNullException.ThrowIfNull(stripes);
        return [.. stripes.Select(count => new Stripes(count))];
    }

    /// <summary>The look of a crop.</summary>
    internal static Look Of(Crop crop, int stripes)
    {
        var (width, height) = (crop.Width, crop.Height);
        var pixels = crop.Pixels;
        var counts = new long[stripes * BinsPerStripe];
        for (var y = 0; y < height; y++)
        {
            var stripe = counts.AsSpan(y * stripes / height * BinsPerStripe, BinsPerStripe);
            for (var x = 0; x < width; x++)
            {
                var at = ((y * width) + x) * 4;
                stripe[Bin(pixels[at], pixels[at + 1], pixels[at + 2])] += Weight(x, width);
            }
        }

        var values = new float[counts.Length];
        for (var i = 0; i < stripes; i++)
        {
            var stripe = counts.AsSpan(i * BinsPerStripe, BinsPerStripe);
            var total = (float)Math.Max(1, Sum(stripe));
            for (var bin = 0; bin < BinsPerStripe; bin++)
            {
                values[(i * BinsPerStripe) + bin] = MathF.Sqrt(stripe[bin] / total);
            }
        }

        return Look.Of(values);
    }

    // 1 at the edges to 16 in the middle, a triangle; integers, so that sums do not depend on order.
    private static int Weight(int x, int width) => 1 + (15 * (Math.Min(x, width - 1 - x) * 2) / Math.Max(1, width));

    private static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
        {
            sum += count;
        }

        return sum;
    }

    private static int Bin(int red, int green, int blue)
    {
        var most = Math.Max(red, Math.Max(green, blue));
        var range = most - Math.Min(red, Math.Min(green, blue));
        var saturation = most == 0 ? 0 : range * 255 / most;
        if (most < LeastBrightness || saturation < LeastSaturation)
        {
            return (HueBins * SaturationBins) + (most * BrightnessBins / 256);
        }

        // Sixths of the circle, as 256 steps each.
        var hue = most == red ? (256 * (green - blue) / range) + (green < blue ? 1536 : 0)
            : most == green ? (256 * (blue - red) / range) + 512
            : (256 * (red - green) / range) + 1024;
        return (Math.Min(hue * HueBins / 1536, HueBins - 1) * SaturationBins) + (saturation * SaturationBins / 256);
    }

    private sealed class Stripes(int count) : Variant<Crop, Look>(
        count is >= 1 and <= MostStripes
            ? string.Create(CultureInfo.InvariantCulture, $"stripes-{count}")
            : throw new ArgumentOutOfRangeException(nameof(count), count, $"1 to {MostStripes} stripes."))
    {
        public override Task<LoadedVariant<Crop, Look>> LoadAsync(Device device, CancellationToken cancellationToken) =>
            Task.FromResult<LoadedVariant<Crop, Look>>(new Loaded(count));

        private sealed class Loaded(int count) : LoadedVariant<Crop, Look>
        {
            public override long MemoryBytes => 0;

            public override void Run(ReadOnlySpan<Crop> batch, Span<Look> results)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    results[i] = Of(batch[i], count);
                }
            }

            protected override void Dispose(bool disposing)
            {
            }
        }
    }
}
