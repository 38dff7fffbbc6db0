using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using JellyBean.Optimizer;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Vision;
using JellyBean.Vision.Detection;
using JellyBean.Vision.Payloads;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>A detector of the example on one core of this machine, planned for the highest accuracy at a rate, profiled here; frames come when they are due, at whatever rate a trace says.</summary>
/// <param name="Plan">With its ladder.</param>
/// <param name="Rate">Frames per second that it is planned for.</param>
internal sealed record LoadStep(Plan Plan, double Rate)
{
    /// <summary>The latency objective: later results are misses, as are frames that were dropped.</summary>
    public static readonly TimeSpan Objective = TimeSpan.FromMilliseconds(500);

    // Average precision of the example's combinations is measured; of the cheapest that may run, this is just below.
    private const double Floor = 0.65;
    private const string Metric = "ap50";

    // What the fastest variant that may run takes, as a multiple of the planned rate: three times, and a little to spare.
    private const double Span = 3.3;
    private const double Utilisation = 0.8;

    private const double SampleRate = 500;
    private static readonly TimeSpan SampleLength = TimeSpan.FromSeconds(2);

    // Of a small machine, as in the catalogue of the example.
    private const double PricePerHour = 0.0175;

    private static readonly Input<Frame> Cameras = new("frames") { Tier = Tier.Edge, Overload = Overload.DropOldest(8) };
    private static readonly Output<int> Boxes = new("boxes");
    private static readonly OperatorId Detector = new("detector");
    private static readonly WorkerId Worker = new("edge-1");
    private static readonly Workflow Workflow = Workflow.Define("load-step", w => w
        .From(Cameras)
        .Infer(Model.Define("detector", NanoDet.Variants([160, 192, 256, 320, 352, 416], int8: true)), (_, boxes) => boxes.Count)
        .To(Boxes, new() { Accuracy = new(Metric, Floor), P99 = Objective }));

    /// <summary>Profiles and plans.</summary>
    public static async Task<LoadStep> PlanAsync()
    {
        // Of the source that runs, too: its frames are decoded before, a camera's would take a core from the detector.
        var frames = await Frames.ReadAsync(50);
        var profile = await WorkflowCalibration.MeasureAsync(
            new WorkflowBindings(Workflow).With(Cameras, "camera", () => new OpenLoopSource<Frame>("camera", frames, t => t < SampleLength ? SampleRate : 0)),
            MessageSizer.Empty.With(new FrameCodec()),
            new CalibrationOptions { LargestBatch = 1, Budget = TimeSpan.FromSeconds(20) },
            "figure step",
            null,
            CancellationToken.None);
        profile = profile with { Accuracies = Accuracies() };
        double MsOf(string variant) => profile.ServiceTimes.First(t => t.Variant == variant).ServiceMs;
        var fastest = profile.Accuracies.Where(a => a.Value >= Floor).Min(a => MsOf(a.Variants.Single().Variant));
        var rate = Math.Round(Utilisation * 1000 / (Span * fastest), 1);
        var problem = new PlanningProblem
        {
            Workflow = Workflow,
            Profile = profile,
            Catalogue = new InfrastructureCatalogue
            {
                Name = "one core",
                Tiers = [Tier.Edge],
                WorkerTypes = [new WorkerType { Id = new("box"), Tier = Tier.Edge, PricePerHour = PricePerHour, Cores = 1, MemoryBytes = 2L << 30, Ownership = Ownership.Owned }],
                Workers = [new Worker { Id = Worker, Type = new("box") }],
            },
            Sources = [new SourceDemand { Source = SourceId.Of("frames", "camera"), Input = new("frames"), Rate = rate, Tier = Tier.Edge }],
            Options = new PlanningOptions { Goal = PlanningGoal.MostAccuracy, Burstiness = 1 },
        };
        var result = Planner.Plan(problem);
        var plan = result.Plan ?? throw new InvalidOperationException($"No plan: {string.Join(' ', result.Reasons)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  planned for {rate} frames/s on one core, not emulated; ladder:"));
        foreach (var rung in plan.Ladder)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {rung.Variants}: {rung.Accuracies[0].Value:0.000} {Metric}, {rung.Capacity:0.00} times the planned rate{(rung.Ways[0].Variant == plan[Detector].Variant ? ", the plan's own" : "")}"));
        }

        return new LoadStep(plan, rate);
    }

    /// <summary>What a run has cost on its machine, and what it would have on as many as the plan's own variants need for the peak; $.</summary>
    public (double Paid, double AlwaysPeak) Cost(TimeSpan length, double peak)
    {
        var own = Plan.Ladder.First(r => r.Ways[0].Variant == Plan[Detector].Variant);
        var paid = PricePerHour * length.TotalHours;
        return (paid, paid * Math.Ceiling(peak / own.Capacity));
    }

    /// <summary>Runs the plan, followed or held as it is.</summary>
    /// <param name="factor">What arrives, as a multiple of the planned rate, by the time since the start; zero ends it.</param>
    /// <param name="isFollowed">Whether the run follows what arrives.</param>
    public async Task<StepRun> RunAsync(Func<TimeSpan, double> factor, bool isFollowed)
    {
        var (sink, frames) = (new LatencySink<int>(), await Frames.ReadAsync(50));
        var source = new OpenLoopSource<Frame>("camera", frames, t => Rate * factor(t));
        var bindings = new WorkflowBindings(Workflow).With(Cameras, "camera", () => source).With(Boxes, () => sink);
        var node = new NodeDescription { Worker = Worker, Tier = Tier.Edge, Cores = 1, MemoryBytes = 2L << 30, IsCoordinator = true };
        var options = new LocalClusterOptions { Adaptation = isFollowed ? new AdaptationOptions() : null };
        await using var cluster = await LocalCluster.StartAsync(bindings, [node], options, NullLoggerFactory.Instance, CancellationToken.None);
        var report = await cluster.RunAsync(Plan, null, CancellationToken.None);
        foreach (var record in report.Adaptations)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {record.At.TotalSeconds:0.0} s {record} ({record.Took?.TotalMilliseconds:0} ms)"));
        }

        return new StepRun(source.Due, sink.All, report);
    }

    // With the embedder that the ladder of the example begins with; the detector alone decides what is found.
    private static ImmutableArray<AccuracyRow> Accuracies()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "accuracies.json")));
        return
        [
            .. file.RootElement.GetProperty("measurements")[0].GetProperty("combinations").EnumerateArray()
                .Where(c => c.GetProperty("variants").GetProperty("embedder").GetString() == "stripes-1")
                .Select(c => (Variant: c.GetProperty("variants").GetProperty("detector").GetString()!, Value: c.GetProperty("metrics").GetProperty(Metric).GetDouble()))
                .Where(c => c.Variant.StartsWith("nanodet", StringComparison.Ordinal))
                .Select(c => new AccuracyRow { Metric = Metric, Variants = [new VariantChoice(Detector, c.Variant)], Value = c.Value, Provenance = "the example's accuracies.json" }),
        ];
    }
}

/// <summary>What came of a run.</summary>
/// <param name="Due">When each frame was due.</param>
/// <param name="Results">When results came.</param>
/// <param name="Report">The run's.</param>
internal sealed record StepRun(IReadOnlyList<DateTimeOffset> Due, IReadOnlyList<Timed> Results, RunReport Report)
{
    /// <summary>Frames that were due in a part of the run, and how many of them were answered within the objective.</summary>
    public (int Due, int InTime) Between(TimeSpan from, TimeSpan to)
    {
        var (first, last) = (Due[0] + from, Due[0] + to);
        return (Due.Count(d => d >= first && d < last), Results.Count(r => r.Due >= first && r.Due < last && r.Latency <= LoadStep.Objective));
    }
}
