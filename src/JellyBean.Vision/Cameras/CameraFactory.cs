using System.Globalization;
using JellyBean.Vision.Recordings;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>
/// Makes cameras from configuration: <c>uri</c>; what of its pictures (<c>region</c>, <c>rotate</c>, <c>max-width</c>, <c>site</c>); which of them (<c>max-fps</c>, <c>every</c>); when they were
/// taken (<c>start-time</c>, <c>clock-offset</c>); how it is reached (<c>transport</c>, <c>listen</c>, <c>stall-after</c>, <c>hardware</c>); whether it is
/// recorded (<c>record</c>, <c>record-for</c>, <c>record-mib</c>).
/// </summary>
public sealed class CameraFactory : ISourceFactory<Frame>
{
    /// <inheritdoc />
    public ISource<Frame>? Create(SourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var before = settings.Errors.Count;
        var uri = settings.RequiredText("uri", CameraAddress.Allowed);
        var address = CameraAddress.Parse(uri);
        if (uri.Length > 0 && address is null)
        {
            settings.Reject("uri", $"is '{CameraAddress.ShownOf(uri)}'", CameraAddress.Allowed + CameraAddress.AdviceFor(uri));
        }

        var options = new CameraOptions
        {
            Name = settings.Name,
            Uri = uri,
            Region = Region.Parse(Checked(settings, "region", text => Region.Parse(text) is not null, "x,y,width,height in whole pixels, as in 0,0,448,576") ?? ""),
            Site = Checked(settings, "site", IsSite, $"the name of the place that the camera watches, up to {Viewpoint.LongestSite} characters"),
            MaxFps = settings.Number("max-fps", 0.001, 1000),
            StartTime = Value(settings, "start-time", TimeOf, "a time such as 2026-01-31T08:00:00Z") ?? DateTimeOffset.UnixEpoch,
            Every = Whole(settings, "every", 1, 100_000) ?? 1,
            Rotate = Value<int>(settings, "rotate", text => text switch { "0" => 0, "90" => 90, "180" => 180, "270" => 270, _ => null }, "0, 90, 180, 270: degrees, clockwise") ?? 0,
            MaxWidth = Whole(settings, "max-width", 16, Picture.MaxSide),
            Transport = Value<RtspTransport>(settings, "transport", text => text switch { "tcp" => RtspTransport.Tcp, "udp" => RtspTransport.Udp, _ => null }, "tcp, udp") ?? RtspTransport.Tcp,
            Listen = Flag(settings, "listen") ?? false,
            Hardware = Flag(settings, "hardware") ?? true,
            StallAfter = Value<TimeSpan>(settings, "stall-after", text => DurationOf(text) is { } limit && limit > TimeSpan.Zero ? limit : null, "a duration above zero, as in 5s"),
            Recording = RecordingOf(settings),
            ClockOffset = Value(settings, "clock-offset", DurationOf, "a duration, as in 250ms or -1s") ?? TimeSpan.Zero,
        };
        if (address is not null)
        {
            RejectContradictions(settings, options, address);
        }

        return settings.Errors.Count > before ? null : new Camera(options);
    }

    private static RecordingOptions? RecordingOf(SourceSettings settings)
    {
        const int MiB = 1 << 20;
        var defaults = new RecordingOptions { Folder = settings.Text("record") ?? "" };
        var length = Value<TimeSpan>(settings, "record-for", text => DurationOf(text) is { } most && most >= TimeSpan.FromSeconds(10) ? most : null, "a duration of 10s or more, as in 60s");
        var size = Whole(settings, "record-mib", 1, 1_000_000);
        if (defaults.Folder.Length > 0)
        {
            return defaults with { Length = length ?? defaults.Length, MostBytes = size is { } most ? (long)most * MiB : defaults.MostBytes };
        }

        if (length is not null || size is not null)
        {
            settings.Reject(length is null ? "record-mib" : "record-for", "is given without 'record'", "only beside 'record', the folder to record to");
        }

        return null;
    }

    private static void RejectContradictions(SourceSettings settings, CameraOptions options, CameraAddress address)
    {
        if (options.Listen && (address.Kind is not (CameraKind.Rtmp or CameraKind.Rtsp or CameraKind.TransportStream) || address.Text.StartsWith("udp:", StringComparison.Ordinal)))
        {
            settings.Reject("listen", $"is given for '{address.Shown}'", "only for rtmp, rtsp, tcp and srt; udp listens always");
        }

        if (settings.Text("transport") is not null && address.Kind != CameraKind.Rtsp)
        {
            settings.Reject("transport", $"is given for '{address.Shown}'", "only for rtsp");
        }

        if (options.Site is not null && (options.MaxWidth ?? options.Rotate) != 0)
        {
            settings.Reject("site", $"is '{options.Site}', but the picture is turned or made smaller", "only for pictures as they come, whose pixels are those of the place");
        }

        foreach (var key in address.IsReplayable ? new[] { "stall-after", "clock-offset", "record" } : ["start-time"])
        {
            if (settings.Text(key) is not null)
            {
                settings.Reject(key, $"is given for '{address.Shown}'", address.IsReplayable ? "only for live cameras" : "only for files");
            }
        }
    }

    private static string? Checked(SourceSettings settings, string key, Func<string, bool> isGood, string allowed)
    {
        var text = settings.Text(key);
        if (text is null || isGood(text))
        {
            return text;
        }

        settings.Reject(key, $"is '{text}'", allowed);
        return null;
    }

    private static T? Value<T>(SourceSettings settings, string key, Func<string, T?> parse, string allowed)
        where T : struct
    {
        if (settings.Text(key) is not { } text)
        {
            return null;
        }

        var value = parse(text);
        if (value is null)
        {
            settings.Reject(key, $"is '{text}'", allowed);
        }

        return value;
    }

    private static int? Whole(SourceSettings settings, string key, int least, int most) => Value<int>(
        settings, key, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null, $"a whole number from {least} to {most}");

    private static bool? Flag(SourceSettings settings, string key) => Value<bool>(settings, key, text => text switch { "true" => true, "false" => false, _ => null }, "true, false");

    private static bool IsSite(string text) => !string.IsNullOrWhiteSpace(text) && text.Length <= Viewpoint.LongestSite;

    private static DateTimeOffset? TimeOf(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static TimeSpan? DurationOf(string text)
    {
        var (unit, factor) = text.EndsWith("ms", StringComparison.Ordinal) ? ("ms", 0.001) : ("s", 1.0);
        return text.EndsWith(unit, StringComparison.Ordinal)
            && double.TryParse(text[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 86_400
            ? TimeSpan.FromSeconds(number * factor)
            : null;
    }
}
