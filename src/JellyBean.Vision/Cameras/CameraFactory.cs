using System.Globalization;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>Makes cameras from configuration: <c>uri</c>, <c>region</c>, <c>site</c>, <c>max-fps</c>, <c>start-time</c>.</summary>
public sealed class CameraFactory : ISourceFactory<Frame>
{
    /// <inheritdoc />
    public ISource<Frame>? Create(SourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var before = settings.Errors.Count;
        var uri = settings.RequiredText("uri", "a video file's path, or a file: URI");
        if (uri.Length > 0 && VideoFile.PathOf(uri) is null)
        {
            settings.Reject("uri", $"is '{uri}'", "a video file's path, or a file: URI");
        }

        Region? region = null;
        if (settings.Text("region") is { } regionText && (region = Region.Parse(regionText)) is null)
        {
            settings.Reject("region", $"is '{regionText}'", "x,y,width,height in whole pixels, as in 0,0,448,576");
        }

        var site = settings.Text("site");
        if (site is not null && (string.IsNullOrWhiteSpace(site) || site.Length > Viewpoint.LongestSite))
        {
            settings.Reject("site", $"is '{site}'", $"the name of the place that the camera watches, up to {Viewpoint.LongestSite} characters");
        }

        var maxFps = settings.Number("max-fps", 0.001, 1000);
        var startTime = DateTimeOffset.UnixEpoch;
        if (settings.Text("start-time") is { } timeText
            && !DateTimeOffset.TryParse(timeText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out startTime))
        {
            settings.Reject("start-time", $"is '{timeText}'", "a time such as 2026-01-31T08:00:00Z");
        }

        return settings.Errors.Count > before
            ? null
            : new CameraSource(new CameraOptions { Name = settings.Name, Uri = uri, Region = region, Site = site, MaxFps = maxFps, StartTime = startTime });
    }
}
