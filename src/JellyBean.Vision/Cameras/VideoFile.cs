using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>What ffprobe tells of a file's video stream.</summary>
/// <param name="Codec">The codec's name.</param>
/// <param name="Rate">Mean frames per second; null where the file does not tell.</param>
/// <param name="Schedule">The pictures that the file promises, in order; empty where it cannot be told.</param>
/// <param name="Hidden">How many pictures of it are not to be shown, because an edit cut them off.</param>
/// <param name="Announced">How long its video is by the file's own account, hidden pictures included; null where it does not tell.</param>
internal sealed record VideoFile(string Codec, double? Rate, ImmutableArray<PromisedPicture> Schedule, int Hidden, TimeSpan? Announced)
{
    private const double UsualRate = 25;

    // Accounts are rounded, and the last picture's own time is not in the schedule.
    private const double AnnouncedTolerance = 0.05;

    // A century: clocks count from 1970 or later, and what is taken from or added to a date is still one.
    private const double FarthestSeconds = 100.0 * 365 * 86_400;

    // A damaged header may say anything.
    private const double LongestSeconds = 1e9;
    private static readonly TimeSpan LeastMissing = TimeSpan.FromSeconds(1);

    // These put packets without a picture of their own into the file, so packets do not tell what pictures to expect.
    private static readonly string[] HiddenPictures = ["vp8", "vp9", "av1"];

    /// <summary>From one picture to the next, as a rule.</summary>
    public TimeSpan FrameTime => TimeSpan.FromSeconds(1 / (Rate ?? UsualRate));

    /// <summary>From the first picture that is there to the last one.</summary>
    public TimeSpan Found => Schedule.IsEmpty ? TimeSpan.Zero : Schedule[^1].Time;

    /// <summary>Whether the file ends well before the end that it announces: the rest of it is not there.</summary>
    public bool IsCutOff =>
        !Schedule.IsEmpty && Announced - Found - (Hidden * FrameTime) is { } missing && missing > LeastMissing && missing > Announced * AnnouncedTolerance;

    /// <summary>Asks ffprobe.</summary>
    /// <param name="camera">For messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="reads">Whether to read through the whole file, without decoding, for <see cref="Schedule"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceException">There is no such file, it is empty, or has no video.</exception>
    public static async Task<VideoFile> ProbeAsync(string camera, string path, bool reads, CancellationToken cancellationToken)
    {
        Check(camera, path);
        try
        {
            await using var probe = FfmpegProcess.Start("ffprobe", Arguments(path, reads));
            using var reader = new StreamReader(probe.Output);
            var (codec, progressive, timeBase) = ("", true, 0.0);
            double? rate = null;
            double? announced = null;
            List<(long Shown, long? Decoded)> packets = [];
            var hidden = 0;
            var known = true;
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                var fields = Fields(line);
                if (line.StartsWith("packet|", StringComparison.Ordinal))
                {
                    // Discarded packets are decoded but not shown.
                    if (fields.GetValueOrDefault("flags", "").Contains('D', StringComparison.Ordinal))
                    {
                        hidden++;
                    }
                    else
                    {
                        known &= long.TryParse(fields.GetValueOrDefault("pts"), CultureInfo.InvariantCulture, out var shown);
                        packets.Add((shown, long.TryParse(fields.GetValueOrDefault("dts"), CultureInfo.InvariantCulture, out var decoded) ? decoded : packets is [.., var last] ? last.Decoded : null));
                    }
                }
                else if (line.StartsWith("stream|", StringComparison.Ordinal) && codec.Length == 0)
                {
                    codec = fields.GetValueOrDefault("codec_name", "unknown");
                    progressive = fields.GetValueOrDefault("field_order", "unknown") is "progressive" or "unknown";
                    timeBase = Ratio(fields.GetValueOrDefault("time_base")) ?? 0;
                    rate = Ratio(fields.GetValueOrDefault("avg_frame_rate")) ?? Ratio(fields.GetValueOrDefault("r_frame_rate"));

                    // Not the duration, which is estimated anew where the file is cut off.
                    announced = long.TryParse(fields.GetValueOrDefault("nb_frames"), CultureInfo.InvariantCulture, out var pictures) ? pictures / rate : null;
                }
            }

            var exit = await probe.WaitAsync(cancellationToken);
            if (codec.Length == 0)
            {
                throw new SourceException(exit == 0
                    ? $"Camera '{camera}': '{path}' has no video stream. Give a file with pictures in it."
                    : $"Camera '{camera}': '{path}' cannot be read as video: {probe.LastLines}. Check that the file is whole and a format that ffmpeg reads.");
            }

            var file = new VideoFile(codec, rate, [], hidden, announced is < LongestSeconds ? TimeSpan.FromSeconds(announced.Value) : null);
            return reads && known && progressive && timeBase > 0 && !HiddenPictures.Contains(codec)
                ? file with { Schedule = PromisedPicture.InOrder([.. packets.Select(p => (Time(p.Shown, timeBase), p.Decoded is { } decoded ? Time(decoded, timeBase) : (TimeSpan?)null))], file.FrameTime) }
                : file;
        }
        catch (FileNotFoundException e)
        {
            throw new SourceException($"Camera '{camera}': {e.Message}", e);
        }
    }

    /// <summary>A number of a stream's time base as time; of one that no clock shows, the nearest that one does.</summary>
    public static TimeSpan Time(long stamp, double timeBase) =>
        TimeSpan.FromTicks((long)Math.Round(Math.Clamp(stamp * timeBase, -FarthestSeconds, FarthestSeconds) * TimeSpan.TicksPerSecond));

    /// <summary>Reads <c>30000/1001</c>.</summary>
    /// <returns>Null for <c>0/0</c> and anything that is not a positive number.</returns>
    public static double? Ratio(string? text)
    {
        var parts = (text ?? "").Split('/');
        return parts.Length == 2
            && double.TryParse(parts[0], CultureInfo.InvariantCulture, out var above)
            && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var below)
            && above > 0 && below > 0
            ? above / below
            : null;
    }

    private static void Check(string camera, string path)
    {
        if (Directory.Exists(path))
        {
            throw new SourceException($"Camera '{camera}': '{path}' is a folder. Name a video file in it; a folder of pictures ends in '/'.");
        }

        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new SourceException($"Camera '{camera}': there is no file '{path}'. Correct its uri, or bring the file.");
        }

        if (file.Length == 0)
        {
            throw new SourceException($"Camera '{camera}': the file '{path}' is empty. Bring it again.");
        }

        try
        {
            File.OpenHandle(path).Dispose();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SourceException($"Camera '{camera}': {e.Message.TrimEnd('.')}. Let the user '{Environment.UserName}' read it.", e);
        }
    }

    private static string[] Arguments(string path, bool reads)
    {
        var entries = "stream=codec_name,field_order,avg_frame_rate,r_frame_rate,time_base,nb_frames" + (reads ? ":packet=pts,dts,flags" : "");
        return ["-v", "error", .. DecoderArguments.BoundedMemory, .. FfmpegProcess.ReadByIndex, "-select_streams", "V:0", "-show_entries", entries, "-of", "compact", "-i", "file:" + path];
    }

    private static Dictionary<string, string> Fields(string line)
    {
        Dictionary<string, string> fields = [];
        foreach (var field in line.Split('|'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                fields[field[..equals]] = field[(equals + 1)..];
            }
        }

        return fields;
    }
}
