using JellyBean.Vision;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Benchmarks.Figures;

/// <summary>The example's two cameras: the left and the right part of Debian's clip.</summary>
internal static class ClipCameras
{
    private const string Clip = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

    /// <summary>All of the clip's picture.</summary>
    public const string WholeView = "0,0,768,576";

    /// <summary>The part that each of the cameras keeps.</summary>
    public static IReadOnlyDictionary<string, string> Regions { get; } = new Dictionary<string, string> { ["left"] = "0,0,448,576", ["right"] = "320,0,448,576" };

    public static IEnumerable<string> Names => Regions.Keys.Order(StringComparer.Ordinal);

    public static ISource<Frame> Open(string name) => Open(name, Regions[name]);

    public static ISource<Frame> Open(string name, string region)
    {
        if (!File.Exists(Clip))
        {
            throw new FileNotFoundException($"The clip {Clip} is missing. 'bash examples/PedestrianTracking/run.sh' sets up clip and models.");
        }

        var settings = new SourceSettings($"figure.{name}", name, new Dictionary<string, string> { ["uri"] = Clip, ["region"] = region, ["site"] = "crossing" });
        return new CameraFactory().Create(settings) ?? throw new InvalidOperationException(string.Join(' ', settings.Errors));
    }
}
