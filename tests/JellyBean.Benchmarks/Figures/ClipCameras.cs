using JellyBean.Vision;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Benchmarks.Figures;

/// <summary>The example's two cameras: the left and the right part of Debian's clip.</summary>
internal static class ClipCameras
{
    private const string Clip = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

    private static readonly Dictionary<string, string> Regions = new() { ["left"] = "0,0,448,576", ["right"] = "320,0,448,576" };

    public static IEnumerable<string> Names => Regions.Keys.Order(StringComparer.Ordinal);

    public static ISource<Frame> Open(string name)
    {
        if (!File.Exists(Clip))
        {
            throw new FileNotFoundException($"The clip {Clip} is missing. 'bash examples/PedestrianTracking/run.sh' sets up clip and models.");
        }

        var settings = new SourceSettings($"figure.{name}", name, new Dictionary<string, string> { ["uri"] = Clip, ["region"] = Regions[name] });
        return new CameraFactory().Create(settings) ?? throw new InvalidOperationException(string.Join(' ', settings.Errors));
    }

}
