using System.Collections.Immutable;
using JellyBean.Vision.Accuracy;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;

namespace PedestrianTracking.Truths;

/// <summary>Measures a run: each camera by itself, of which the mean counts, and identities across all of them.</summary>
/// <param name="truthOf">What is true for a camera by its name, with as many frames as it offered.</param>
/// <param name="misfit">Why that is not about a clip of so many frames; null where it may be.</param>
internal sealed class TrackingMeter(Func<string, long, Truth> truthOf, Func<string, long, string?> misfit) : IAccuracyMeter<ITrackingResult>
{
    /// <summary>The metric that counts how often a true person's number changes.</summary>
    public const string IdSwitches = "id-switches";

    private readonly List<ITrackingResult> _results = [];

    public void Check(IReadOnlyDictionary<SourceId, long> whole)
    {
        List<string> misfits = [.. whole.OrderBy(s => s.Key).Select(s => misfit(NameOf(s.Key), s.Value)).OfType<string>()];
        if (misfits.Count > 0)
        {
            throw new TruthException(string.Join(" ", misfits));
        }
    }

    public void Add(ITrackingResult result) => _results.Add(result);

    public ImmutableArray<MetricValue> Measure(IReadOnlyDictionary<SourceId, long> offered)
    {
        var found = new TrackingFindings(_results);
        var cameras = offered.Where(s => s.Value > 0).OrderBy(s => s.Key).Select(s => (Name: NameOf(s.Key), Frames: s.Value)).ToList();
        var truths = cameras.Select(c => (c.Name, c.Frames, Truth: truthOf(c.Name, c.Frames).Boxes)).ToList();
        if (truths.Count == 0)
        {
            return [];
        }

        var alone = truths.Select(c => ComparedFrame.Of(c.Name, c.Frames, c.Truth, found.AtCamera(c.Name))).ToList();
        var mot = alone.Select(f => ClearMot.Of(f)).ToList();
        ImmutableArray<MetricValue> each =
        [
            new("ap50", alone.Average(f => AveragePrecision.Of(f))),
            new("mota", mot.Average(m => m.Mota)),
            new("idf1", alone.Average(f => IdentityF1.Of(f).Value)),
            new(IdSwitches, mot.Sum(m => m.Switches)),
        ];
        return truths.Count == 1 ? each : each.Add(new(
            "cross-camera-idf1",
            IdentityF1.Of(truths.SelectMany(c => ComparedFrame.Of(c.Name, c.Frames, c.Truth, found.AcrossCameras(c.Name)))).Value));
    }

    private static string NameOf(SourceId source) => source.Value[(source.Value.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
