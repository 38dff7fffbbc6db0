using System.Globalization;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>Overload policies as they are written.</summary>
internal static class OverloadText
{
    public const string Allowed = "block, latest-only, drop-oldest, drop-oldest:N with N from 1 to 1000, sample:X with X elements per second from 0.001 to 1000";

    // Half a second at 16 frames per second: enough to ride out a garbage collection, little memory.
    private const int DefaultCapacity = 8;

    private const string DropOldest = "drop-oldest";

    private const string Sample = "sample:";

    /// <returns>Null for anything else.</returns>
    public static Overload? Parse(string? text) => text switch
    {
        "block" => Overload.Block,
        "latest-only" => Overload.LatestOnly,
        DropOldest => Overload.DropOldest(DefaultCapacity),
        not null when text.StartsWith(DropOldest + ":", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(DropOldest.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var capacity)
            && capacity is >= 1 and <= 1000 => Overload.DropOldest(capacity),
        not null when text.StartsWith(Sample, StringComparison.Ordinal)
            && double.TryParse(text.AsSpan(Sample.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
            && rate is >= 0.001 and <= 1000 => Overload.Sample(rate),
        _ => null,
    };
}
