using System.Globalization;
using JellyBean.Hosting.Profiles;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Vision.Accuracy;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using PedestrianTracking;
using PedestrianTracking.Truths;

namespace JellyBean.Benchmarks.Figures;

/// <summary>
/// How right the example's tracks are with the variants of the highest accuracy that ships, through the real engine: the two cameras, and the whole view. Against the truth that the shipped
/// accuracies were measured with, the two cameras give the same again.
/// </summary>
internal static class TrackingMota
{
    /// <summary>Names the truth file where the command line does not.</summary>
    public const string Variable = "JELLYBEAN_TRUTH";

    private const string Metric = "mota";
    private const string UsualFile = "../shared/vision/PETS2009-S2L1.xml";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);
    private static readonly WorkerId Worker = new("edge");

    /// <param name="truth">The truth file; null for the usual one.</param>
    public static Figure FigureFor(string? truth) => new(
        "tracking.mota",
        ["value", "idf1"],
        "mota of at least 0.78 and idf1 of at least 0.70, mean of the two halves; at least 0.80 on the whole view",
        _ => MeasureAsync(truth ?? Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(RepositoryRoot(), UsualFile)));

    private static async Task<FigureValue> MeasureAsync(string truth)
    {
        if (!File.Exists(truth))
        {
            return FigureValue.Skip($"There is no truth file '{truth}'. Name one with --truth FILE or {Variable}: boxes and identities of PETS 2009 S2.L1 view 1, in XML.");
        }

        // Read before anything runs, so that a wrong file is told at once.
        TruthFile.Read(truth);
        var best = await BestAsync();
        var halves = await TrackAsync(ClipCameras.Regions, truth, best.Variants);
        var apart = best.Metrics.Where(m => halves.ContainsKey(m.Key)).Select(m => (m.Key, Distance: Math.Abs(m.Value - halves[m.Key]))).MaxBy(m => m.Distance);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  from what ships: at most {apart.Distance:0.####} apart ({apart.Key})"));
        var whole = await TrackAsync(new Dictionary<string, string> { ["whole"] = ClipCameras.WholeView }, truth, best.Variants);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"whole view: mota {whole["mota"]:0.####} idf1 {whole["idf1"]:0.####}"));
        return new FigureValue([halves["mota"], halves["idf1"]]);
    }

    private static async Task<MeasuredCombination> BestAsync()
    {
        var shipped = await AccuracyFile.ReadAsync(Path.Combine(AppContext.BaseDirectory, "accuracies.json"), Tracking.Workflow, default);
        return shipped.Measurements.SelectMany(m => m.Combinations).Where(c => c.Metrics.ContainsKey(Metric)).MaxBy(c => c.Metrics[Metric])!;
    }

    private static async Task<IReadOnlyDictionary<string, double>> TrackAsync(
        IReadOnlyDictionary<string, string> regions, string truth, IReadOnlyDictionary<string, string> variants)
    {
        var (tracks, identities) = (new ListSink<PersonSeen>(), new ListSink<SamePerson>());
        var bindings = new WorkflowBindings(Tracking.Workflow).With(Tracking.Tracks, () => tracks).With(Tracking.Identities, () => identities);
        foreach (var (camera, region) in regions)
        {
            bindings = bindings.With(Tracking.Cameras, camera, () => ClipCameras.Open(camera, region));
        }

        var plan = Plans.Of(
            Tracking.Workflow,
            [.. regions.Keys.Order(StringComparer.Ordinal).Select(camera => (SourceId.Of(Tracking.Cameras.Name, camera), Worker))],
            _ => [new Instance { Worker = Worker }],
            variant: op => variants[op.Id.Value],
            batch: 2);
        var reports = await Engine.RunAsync(bindings, plan, fragments => Task.WhenAll(fragments.Select(f => f.Completion)).WaitAsync(Deadline));
        var offered = reports.SelectMany(r => r.Sources).ToDictionary(s => s.Source, s => s.Offered);
        Console.WriteLine($"  {string.Join(" and ", variants.Values)}, {offered.Values.Sum()} frames");

        // Each camera by itself, for people; then all of them, which is the answer.
        var meter = new TrackingTruth(camera => new CameraView(Region.Parse(regions[camera]))).Open(truth);
        foreach (var result in tracks.Results.Select(r => (ITrackingResult)r.Value).Concat(identities.Results.Select(r => r.Value)))
        {
            meter.Add(result);
        }

        foreach (var (source, frames) in offered.OrderBy(s => s.Key))
        {
            Print(source.Value, meter.Measure(new Dictionary<SourceId, long> { [source] = frames }));
        }

        var values = meter.Measure(offered);
        Print(string.Join(" and ", offered.Keys.Order()), values);
        return values.ToDictionary(v => v.Metric, v => v.Value);
    }

    private static void Print(string what, IEnumerable<MetricValue> values) =>
        Console.WriteLine($"  {what}: {string.Join(", ", values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Metric} {v.Value:0.####}")))}");

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "JellyBean.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Environment.CurrentDirectory;
    }
}
