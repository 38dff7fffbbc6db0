using JellyBean.Runtime;
using JellyBean.Testing;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace PedestrianTracking.Tests;

/// <summary>The real workflow with real models and real video on a cluster, against the reference interpreter.</summary>
public sealed class EndToEndTests : IDisposable
{
    private const int Frames = 60;
    private const string Detector = "nanodet-256";
    private const string Embedder = "stripes-3";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly (string Name, Region Region)[] Halves = [("left", new(0, 0, 448, 576)), ("right", new(320, 0, 448, 576))];
    private readonly Setup _setup = new();

    [SkippableFact]
    public async Task Tracking_results_equal_the_reference_whatever_the_number_of_instances()
    {
        Setup.Require();
        var clip = _setup.FirstFrames(Frames);
        var expected = await ReferenceAsync(clip);

        var one = await RunAsync(clip, batch: 1, instances: 1);
        var four = await RunAsync(clip, batch: 4, instances: 4);

        foreach (var (name, _) in Halves)
        {
            var reference = expected.ResultsWithIds(Tracking.Tracks).Where(r => r.Value.Camera == name).ToList();
            Assert.True(reference.Count > Frames, $"Camera {name} shows {reference.Count} people, too few to mean anything.");
            Assert.Equal(reference, one.TracksOf(name));
            Assert.Equal(reference, four.TracksOf(name));
        }

        // Across cameras there is no order; each result has its own id.
        var identities = expected.ResultsWithIds(Tracking.Identities).OrderBy(r => r.Id, StringComparer.Ordinal).ToList();
        Assert.NotEmpty(identities);
        Assert.Equal(identities, one.Identities);
        Assert.Equal(identities, four.Identities);
    }

    [SkippableFact]
    public async Task Tracking_every_frame_is_accounted_and_cameras_keep_their_order()
    {
        Setup.Require();
        var clip = _setup.FirstFrames(Frames);

        var run = await RunAsync(clip, batch: 8, instances: 2);

        Assert.True(run.Report.IsComplete);
        Assert.Equal(["cameras/left", "cameras/right"], run.Report.Sources.Select(s => s.Source.Value));
        Assert.All(run.Report.Sources, s => Assert.Equal((Frames, Frames, 0, 0), (s.Offered, s.Processed + s.Dropped, s.Dropped, s.Failed)));
        foreach (var (name, _) in Halves)
        {
            var frames = run.TracksOf(name).Select(r => r.Value.Frame).ToList();
            Assert.Equal(frames.Order(), frames);
        }
    }

    public void Dispose() => _setup.Dispose();

    private static Camera Camera(string clip, string name) =>
        new(new CameraOptions { Name = name, Uri = clip, Region = Halves.First(h => h.Name == name).Region, Site = "crossing" });

    private static async Task<WorkflowTestRun> ReferenceAsync(string clip)
    {
        await using var left = Camera(clip, "left");
        await using var right = Camera(clip, "right");
        return await new WorkflowTest(Tracking.Workflow)
            .UseVariant(Tracking.Detector, Detector)
            .UseVariant(Tracking.Embedder, Embedder)
            .FeedAll(Tracking.Cameras, left)
            .FeedAll(Tracking.Cameras, right)
            .RunAsync()
            .WaitAsync(Deadline);
    }

    private static async Task<Run> RunAsync(string clip, int batch, int instances)
    {
        var (tracks, identities) = (new CollectingSink<PersonSeen>(), new CollectingSink<SamePerson>());
        var bindings = Halves.Aggregate(
            new WorkflowBindings(Tracking.Workflow).With(Tracking.Tracks, () => tracks).With(Tracking.Identities, () => identities),
            (bound, half) => bound.With(Tracking.Cameras, half.Name, () => Camera(clip, half.Name), Overload.Block));
        var plan = TwoTiers.PlanFor(Tracking.Workflow, Halves.Select(h => h.Name), Detector, Embedder, batch, instances);
        using var deadline = new CancellationTokenSource(Deadline);
        await using var cluster = await LocalCluster.StartAsync(bindings, TwoTiers.Nodes, new LocalClusterOptions(), NullLoggerFactory.Instance, deadline.Token);
        return new(await cluster.RunAsync(plan, progress: null, drain: CancellationToken.None).WaitAsync(Deadline), tracks, identities);
    }

    private sealed record Run(RunReport Report, CollectingSink<PersonSeen> Tracks, CollectingSink<SamePerson> Same)
    {
        public IReadOnlyList<Result<SamePerson>> Identities => [.. Same.Results.OrderBy(r => r.Id, StringComparer.Ordinal)];

        public IReadOnlyList<Result<PersonSeen>> TracksOf(string camera) => [.. Tracks.Results.Where(r => r.Value.Camera == camera)];
    }
}
