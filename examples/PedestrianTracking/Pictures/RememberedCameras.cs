using System.Collections.Concurrent;
using JellyBean.Vision;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;
using PedestrianTracking.Truths;

namespace PedestrianTracking.Pictures;

/// <summary>Makes cameras and remembers how, so that their clips can be read once more for the pictures. Thread-safe.</summary>
internal sealed class RememberedCameras(ISourceFactory<Frame> cameras) : ISourceFactory<Frame>
{
    private readonly ConcurrentDictionary<string, SourceSettings> _settings = new(StringComparer.Ordinal);

    public ISource<Frame>? Create(SourceSettings settings)
    {
        _settings[settings.Name] = settings;
        return cameras.Create(settings);
    }

    /// <summary>What a camera shows of its picture; null if there was none of that name.</summary>
    public CameraView? ViewOf(string name) => _settings.TryGetValue(name, out var settings)
        ? new CameraView(settings.Text("region") is { } region ? Region.Parse(region) : null, UnlikeTruth(settings))
        : null;

    private static string? UnlikeTruth(SourceSettings settings) =>
        (from key in new[] { (Name: "max-fps", Harmless: ""), (Name: "every", Harmless: "1"), (Name: "rotate", Harmless: "0"), (Name: "max-width", Harmless: "") }
         let value = settings.Text(key.Name)
         where value is not null && value != key.Harmless
         select $"{key.Name} = {value}").FirstOrDefault();

    /// <summary>Makes a camera again.</summary>
    /// <returns>Null if there was none of that name, or it cannot be read twice.</returns>
    public ISource<Frame>? CreateAgain(string name) =>
        _settings.TryGetValue(name, out var settings) && cameras.Create(settings) is { IsReplayable: true } camera ? camera : null;
}
