using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Tests.Cases;

/// <summary>Two cameras, a detector, crops to an embedder, a tracker per camera: on an edge machine and two cloud machines.</summary>
internal static class Tracking
{
    private static readonly Input<string> Cameras = new("cameras");
    private static readonly Output<string> Tracks = new("tracks");
    private static readonly Model<string, string> Detector = Model.Define("detector", [new FakeVariant("small"), new FakeVariant("large")]);
    private static readonly Model<string, string> Embedder = Model.Define("embedder", [new FakeVariant("stripes")]);
    private static readonly KeyedState<List<string>> State = new(() => [], _ => [], _ => [], 1);

    public static Workflow Workflow { get; } = Workflow.Define("tracking", w => w
        .From(Cameras)
        .Infer(Detector, (frame, boxes) => boxes)
        .InferMany(Embedder, parts: boxes => [boxes], keep: boxes => boxes, (boxes, looks) => boxes)
        .KeyBy(boxes => boxes)
        .Process<List<string>, string>("tracker", State, (state, seen) => [seen])
        .To(Tracks, new Objectives { Accuracy = new AccuracyFloor("ap50", 0.5) }));

    public static Profile Profile { get; } = new()
    {
        Provenance = "made up",
        Machine = new MachineFingerprint { Processor = "p", Cores = 4, System = "s", Runtime = "r" },
        ServiceTimes =
        [
            Time("detector", "small", 1, 20), Time("detector", "small", 4, 60), Time("detector", "large", 1, 50), Time("detector", "large", 4, 160),
            Time("embedder/parts", null, 1, 1), Time("embedder", "stripes", 1, 2), Time("embedder", "stripes", 8, 8), Time("embedder/regroup", null, 1, 0.1), Time("tracker", null, 1, 1),
        ],
        Footprints = [Footprint("detector", "small", 50), Footprint("detector", "large", 100), Footprint("embedder", "stripes", 10)],
        Outputs = [Sends("cameras", 200_000), Sends("detector", 210_000), Sends("embedder/parts", 10_000, fanOut: 3, kept: 1_000), Sends("embedder", 500), Sends("embedder/regroup", 2_000), Sends("tracker", 1_000, fanOut: 1.5)],
        Accuracies = [Accuracy(0.6, "small"), Accuracy(0.8, "large")],
    };

    public static InfrastructureCatalogue Catalogue { get; } = new()
    {
        Name = "edge-and-cloud",
        Tiers = [Tier.Edge, Tier.Cloud],
        WorkerTypes =
        [
            new WorkerType { Id = new("box"), Tier = Tier.Edge, PricePerHour = 0.02, Cores = 2, MemoryBytes = 1_000_000_000, SpeedFactor = 0.5, IsEmulated = true, Ownership = Ownership.Owned },
            new WorkerType { Id = new("vm"), Tier = Tier.Cloud, PricePerHour = 0.2, Cores = 4, MemoryBytes = 8_000_000_000 },
        ],
        Workers = [.. Worker.Several("edge", new("box"), 1), .. Worker.Several("cloud", new("vm"), 2)],
        Links =
        [
            new TierLink { From = Tier.Edge, To = Tier.Cloud, PricePerGib = 0.09, BytesPerSecond = 12_500_000, RoundTrip = TimeSpan.FromMilliseconds(40) },
            new TierLink { From = Tier.Cloud, To = Tier.Edge, PricePerGib = 0.05, BytesPerSecond = 12_500_000, RoundTrip = TimeSpan.FromMilliseconds(40) },
        ],
    };

    public static PlanningProblem Problem { get; } = new()
    {
        Workflow = Workflow,
        Profile = Profile,
        Catalogue = Catalogue,
        Sources = [Source("north", 5), Source("south", 5)],
    };

    public static PlanningProblem WithFloor(double least) => Problem with { Objectives = ObjectivesOf(new Objectives { Accuracy = new AccuracyFloor("ap50", least) }) };

    public static ImmutableSortedDictionary<OperatorId, Objectives> ObjectivesOf(Objectives objectives) =>
        ImmutableSortedDictionary<OperatorId, Objectives>.Empty.Add(new OperatorId("tracks"), objectives);

    public static SourceDemand Source(string name, double rate) =>
        new() { Source = SourceId.Of("cameras", name), Input = new OperatorId("cameras"), Rate = rate, Tier = Tier.Edge, Worker = new WorkerId("edge") };

    public static ServiceTime Time(string op, string? variant, int batch, double ms) =>
        new() { Operator = new OperatorId(op), Variant = variant, BatchSize = batch, ServiceMs = ms };

    public static AccuracyRow Accuracy(double value, string detector) =>
        new() { Metric = "ap50", Value = value, Variants = [new VariantChoice(new OperatorId("detector"), detector)], Provenance = "made up" };

    private static Footprint Footprint(string op, string variant, long megabytes) =>
        new() { Operator = new OperatorId(op), Variant = variant, MemoryBytes = megabytes * 1_000_000 };

    private static OutputProfile Sends(string op, double bytes, double fanOut = 1, double kept = 0) =>
        new() { Operator = new OperatorId(op), MessageBytes = bytes, ResultsPerElement = fanOut, KeptBytes = kept };
}
