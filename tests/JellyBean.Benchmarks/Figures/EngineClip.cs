using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Testing;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;
using PedestrianTracking;

namespace JellyBean.Benchmarks.Figures;

/// <summary>The whole clip, both cameras, file-fed and unpaced, over two workers: the engine against the reference interpreter, itself, and four instances.</summary>
internal static class EngineClip
{
    private const string DetectorVariant = "nanodet-256";
    private static readonly WorkerId Edge = new("edge");
    private static readonly WorkerId Cloud = new("cloud");

    public static Figure Figure { get; } = new(
        "engine.clip",
        ["violations", "frames", "fps"],
        "0 violations: every frame accounted for, order per camera kept, results equal to the reference interpreter's, between runs and between 1 and 4 instances",
        _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        var (expected, offered) = await InterpretAsync();
        var violations = 0L;
        var fps = new List<double>();
        foreach (var instances in new[] { 1, 1, 4 })
        {
            var started = Stopwatch.GetTimestamp();
            var (results, accounted) = await RunAsync(instances);
            fps.Add(offered / Stopwatch.GetElapsedTime(started).TotalSeconds);
            var wrong = Differences(expected, results) + Math.Abs(offered - accounted);
            violations += wrong;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {instances} instance(s) per model: {accounted} of {offered} frames accounted for, {results.Count} results, {wrong} violations, {fps[^1]:0.0} frames/s"));
        }

        fps.Sort();
        return new FigureValue([violations, offered, Pairs.Median(fps)]);
    }

    private static async Task<(IReadOnlyList<Result<PersonSeen>> Results, long Offered)> InterpretAsync()
    {
        var oracle = new WorkflowTest(Tracking.Workflow).UseVariant(Tracking.Detector, DetectorVariant).UseVariant(Tracking.Embedder, Tracking.Embedder.Variants[0].Name);
        foreach (var camera in ClipCameras.Names)
        {
            oracle = oracle.FeedAll(Tracking.Cameras, ClipCameras.Open(camera));
        }

        var run = await oracle.RunAsync();
        Console.WriteLine($"  reference interpreter: {run.Sources.Sum(s => s.Offered)} frames, {run.Results(Tracking.Tracks).Count} results");
        return (run.ResultsWithIds(Tracking.Tracks), run.Sources.Sum(s => s.Offered));
    }

    private static async Task<(IReadOnlyList<Result<PersonSeen>> Results, long Accounted)> RunAsync(int instances)
    {
        var sink = new ListSink<PersonSeen>();
        var bindings = new WorkflowBindings(Tracking.Workflow).With(Tracking.Tracks, () => sink).With(Tracking.Identities, () => new CountingSink<SamePerson>());
        foreach (var camera in ClipCameras.Names)
        {
            bindings = bindings.With(Tracking.Cameras, camera, () => ClipCameras.Open(camera));
        }

        var plan = Plans.Of(
            Tracking.Workflow,
            [.. ClipCameras.Names.Select(camera => (SourceId.Of(Tracking.Cameras.Name, camera), Edge))],
            op => [new Instance { Worker = IsAtEdge(op) ? Edge : Cloud, Parallelism = op is OutputOperator ? 1 : instances }],
            variant: op => op.Model == Tracking.Detector.Name ? DetectorVariant : op.Variants[0].Name,
            batch: 2);
        var reports = await Engine.RunAsync(bindings, plan);

        return (sink.Results, SourceProgress.Of(reports).Sum(s => s.Processed));
    }

    private static bool IsAtEdge(Operator op) => op is ExpandOperator || op.Id.Value == Tracking.Detector.Name;

    /// <summary>Results of a camera that are missing, too many, changed or out of order.</summary>
    private static long Differences(IReadOnlyList<Result<PersonSeen>> expected, IReadOnlyList<Result<PersonSeen>> actual) =>
        ClipCameras.Names.Sum(camera =>
        {
            var want = expected.Where(r => r.Value.Camera == camera).ToList();
            var got = actual.Where(r => r.Value.Camera == camera).ToList();
            return want.Zip(got).LongCount(pair => pair.First != pair.Second) + Math.Abs(want.Count - got.Count);
        });
}
