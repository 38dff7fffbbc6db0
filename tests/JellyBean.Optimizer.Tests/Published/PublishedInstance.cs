using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Optimizer.Heuristics;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests.Published;

/// <summary>The workflow, catalogue and profile of the published planner's instance. Sources and licence: README.md beside this file.</summary>
internal static class PublishedInstance
{
    private const string Image = "image-features", Speech = "speech-recognition", Join = "question", Answer = "vqa";
    private const double KiB = 1024;
    private const double ImageKiB = 794.0348300933838, SpeechKiB = 97.07174682617188, TextKiB = 0.1;

    private static readonly (string Variant, double FeatureKiB, double WithBase, double WithLarge)[] ImageVariants =
    [
        ("resnet18", 2.00390625, 54.02, 56.59),
        ("resnet34", 2.00390625, 54.37, 56.85),
        ("resnet50", 8.00390625, 55.42, 57.94),
        ("resnet101", 8.00390625, 55.91, 58.19),
        ("resnet152", 8.00390625, 55.76, 58.33),
    ];

    private const double BaseAccuracy = -3.823, LargeAccuracy = -1.8621;

    private static readonly (double Top5, double Cost)[] ImageAccuracies =
        [(89.074, 6.0817391967773435), (91.42, 7.805843679904938), (92.866, 10.446570706367492), (93.548, 17.108720197677613), (94.05, 23.935289945602417)];

    private static readonly (string Worker, Tier Tier, double PricePerHour)[] Machines =
    [
        ("cpu-1", Tier.Edge, 0.096), ("cpu-2", Tier.Edge, 0.192), ("cpu-3", Tier.Edge, 0.384), ("cpu-4", Tier.Edge, 0.384), ("cpu-5", Tier.Edge, 0.768),
        ("cpu-6", Tier.Cloud, 2.305), ("gpu-1", Tier.Cloud, 2.497), ("gpu-2", Tier.Cloud, 2.497), ("gpu-3", Tier.Cloud, 2.497),
    ];

    private static readonly (string Row, string Operator)[] Operators = [("ExtractImageFeature", Image), ("SpeechRecognition", Speech), ("VQA", Answer)];

    /// <summary>One request has a picture and a spoken question; what models say of both meets by the request's number, and a third model answers.</summary>
    public static Workflow Workflow { get; } = Workflow.Define("visual-question-answering", w =>
    {
        var pictures = w.From(new Input<string>("pictures") { Tier = Tier.Edge })
            .Infer(Model.Define(Image, [.. ImageVariants.Select(v => new FakeVariant(v.Variant))]), (request, features) => request);
        var questions = w.From(new Input<string>("recordings") { Tier = Tier.Edge })
            .Infer(Model.Define(Speech, [new FakeVariant("wav2vec2-base-960h"), new FakeVariant("wav2vec2-large-960h-lv60-self")]), (request, text) => request);
        pictures.KeyBy(request => request)
            .JoinWithin(Join, questions.KeyBy(request => request), TimeSpan.FromSeconds(10), match: (picture, question) => true, result: (picture, question) => picture)
            .Infer(Model.Define(Answer, [new FakeVariant("default")]), (request, answer) => answer)
            .To(new Output<string>("answers"));
    });

    public static InfrastructureCatalogue Catalogue { get; } = new()
    {
        Name = "published-2-tier",
        Tiers = [Tier.Edge, Tier.Cloud],
        WorkerTypes =
        [
            new WorkerType { Id = new("gateway"), Tier = Tier.Edge, PricePerHour = 0, Cores = 1, MemoryBytes = 1, IsSourceOnly = true },
            .. Machines.Select(m => new WorkerType { Id = new(m.Worker), Tier = m.Tier, PricePerHour = m.PricePerHour, Cores = 1, MemoryBytes = 1 << 30 }),
        ],
        Workers = [new Worker { Id = new("sources"), Type = new("gateway") }, .. Machines.Select(m => new Worker { Id = new(m.Worker), Type = new(m.Worker) })],
        Links =
        [
            new TierLink { From = Tier.Edge, To = Tier.Cloud, PricePerGib = 0.1, BytesPerSecond = 1e12 },
            new TierLink { From = Tier.Cloud, To = Tier.Edge, PricePerGib = 1.0, BytesPerSecond = 1e12 },
        ],
    };

    /// <summary>The instance at one of its cells.</summary>
    /// <param name="options">One of <see cref="PlanningModes"/>, as it is or with another utilisation.</param>
    /// <param name="accuracy">Percent, at least.</param>
    /// <param name="rate">Requests per second.</param>
    /// <param name="percentile">Which measured latency is the time of a request: 50, 75 or 90.</param>
    public static PlanningProblem Problem(PlanningOptions options, double accuracy, double rate, int percentile = 75) => new()
    {
        Workflow = Workflow,
        Profile = Profile(percentile),
        Catalogue = Catalogue,
        Sources = [Source("pictures", rate), Source("recordings", rate)],
        Objectives = ImmutableSortedDictionary<OperatorId, Objectives>.Empty.Add(new("answers"), new Objectives { Accuracy = new AccuracyFloor("accuracy", accuracy) }),
        Options = options,
    };

    /// <summary>What the published beam search knows: samples of accuracies in and out, and one cost for each variant (milliseconds on an unnamed device).</summary>
    public static ImmutableArray<OperatorSamples> Samples { get; } =
    [
        new(new(Answer), [new(Image), new(Speech)], [new("default", 3.718242340022698,
        [
            .. ImageVariants.SelectMany((v, i) => new[]
            {
                new AccuracySample([ImageAccuracies[i].Top5, BaseAccuracy], v.WithBase), new AccuracySample([ImageAccuracies[i].Top5, LargeAccuracy], v.WithLarge),
            }),
        ])]),
        new(new(Image), [], [.. ImageVariants.Select((v, i) => new VariantSamples(v.Variant, ImageAccuracies[i].Cost, [new([], ImageAccuracies[i].Top5)]))]),
        new(new(Speech), [], [new("wav2vec2-base-960h", 13.286894897930324, [new([], BaseAccuracy)]), new("wav2vec2-large-960h-lv60-self", 24.441278224810958, [new([], LargeAccuracy)])]),
    ];

    /// <summary>The rows of a file beside this one, each by column.</summary>
    public static IEnumerable<Dictionary<string, string>> Rows(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Published", file));
        var columns = lines[0].Split(',');
        return lines.Skip(1).Select(l => columns.Zip(l.Split(',')).ToDictionary(c => c.First, c => c.Second));
    }

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static Profile Profile(int percentile) => new()
    {
        Provenance = "github.com/libertyeagle/JellyBean 65a1d67, VQA/examples/optimizer_inputs (MIT licence)",
        Machine = new MachineFingerprint { Processor = "published", Cores = 1, System = "published", Runtime = "published" },
        ServiceTimes =
        [
            .. Rows("latency.csv").Select(r => new ServiceTime
            {
                Operator = new(Operators.Single(o => o.Row == r["operator"]).Operator),
                Variant = r["variant"],
                WorkerType = new(r["worker"].Replace("workflow-compute-", "", StringComparison.Ordinal)),
                ServiceMs = Number(r[$"p{percentile}_ms"]),
            }),
            new ServiceTime { Operator = new(Join), ServiceMs = 0 },
        ],
        Footprints =
        [
            .. ImageVariants.Select(v => new Footprint { Operator = new(Image), Variant = v.Variant, MemoryBytes = 0 }),
            new Footprint { Operator = new(Speech), Variant = "wav2vec2-base-960h", MemoryBytes = 0 },
            new Footprint { Operator = new(Speech), Variant = "wav2vec2-large-960h-lv60-self", MemoryBytes = 0 },
            new Footprint { Operator = new(Answer), Variant = "default", MemoryBytes = 0 },
        ],
        Outputs =
        [
            new OutputProfile { Operator = new("pictures"), MessageBytes = ImageKiB * KiB },
            new OutputProfile { Operator = new("recordings"), MessageBytes = SpeechKiB * KiB },
            .. ImageVariants.Select(v => new OutputProfile { Operator = new(Image), Variant = v.Variant, MessageBytes = v.FeatureKiB * KiB }),
            new OutputProfile { Operator = new(Speech), MessageBytes = TextKiB * KiB },
            new OutputProfile { Operator = new(Join), ResultsPerElement = 0.5, MessageBytes = (ImageVariants.Max(v => v.FeatureKiB) + TextKiB) * KiB },
            new OutputProfile { Operator = new(Answer), MessageBytes = 0 },
        ],
        Accuracies = [.. ImageVariants.SelectMany(v => new[] { Row(v.Variant, "wav2vec2-base-960h", v.WithBase), Row(v.Variant, "wav2vec2-large-960h-lv60-self", v.WithLarge) })],
    };

    private static AccuracyRow Row(string image, string speech, double value) => new()
    {
        Metric = "accuracy",
        Value = value,
        Variants = [new VariantChoice(new(Image), image), new VariantChoice(new(Speech), speech)],
        Provenance = "published end-to-end measurement",
    };

    private static SourceDemand Source(string input, double rate) =>
        new() { Source = SourceId.Of(input, "all"), Input = new(input), Rate = rate, Tier = Tier.Edge, Worker = new("sources") };
}
