using System.Globalization;

namespace JellyBean.Vision.Cameras;

/// <summary>What ffmpeg's showinfo filter says of a frame before its pixels come.</summary>
/// <param name="Time">Presentation time; null where the decoder has none.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
internal readonly record struct DecodedFrame(TimeSpan? Time, int Width, int Height)
{
    private const string Filter = "[Parsed_showinfo_";

    /// <summary>Whether the filter says it, rather than a title or comment in the video, which ffmpeg tells with something before it.</summary>
    public static bool IsFrom(string line) => line.StartsWith(Filter, StringComparison.Ordinal);

    /// <summary>Reads the time base out of the filter's configuration line.</summary>
    public static double? TimeBase(string line)
    {
        const string Label = "config in time_base: ";
        var at = line.IndexOf(Label, StringComparison.Ordinal);
        return at < 0 ? null : VideoFile.Ratio(line[(at + Label.Length)..].Split(',')[0]);
    }

    /// <returns>Null if the line does not announce a frame.</returns>
    public static DecodedFrame? Parse(string line, double timeBase)
    {
        if (Value(line, " pts:") is not { } stamp || Value(line, " s:") is not { } size || size.Split('x') is not [var width, var height])
        {
            return null;
        }

        TimeSpan? time = long.TryParse(stamp, CultureInfo.InvariantCulture, out var number) ? VideoFile.Time(number, timeBase) : null;
        return int.TryParse(width, CultureInfo.InvariantCulture, out var w) && int.TryParse(height, CultureInfo.InvariantCulture, out var h)
            ? new DecodedFrame(time, w, h)
            : null;
    }

    private static string? Value(string line, string label)
    {
        var at = line.IndexOf(label, StringComparison.Ordinal);
        return at < 0 ? null : line[(at + label.Length)..].TrimStart().Split(' ')[0];
    }
}
