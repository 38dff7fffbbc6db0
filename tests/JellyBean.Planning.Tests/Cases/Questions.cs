using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Tests.Cases;

/// <summary>Pictures and sounds that are looked at and listened to, joined for each request and answered.</summary>
internal static class Questions
{
    private static readonly Input<string> Pictures = new("pictures");
    private static readonly Input<string> Sounds = new("sounds");

    public static Workflow Workflow { get; } = Workflow.Define("questions", w => w
        .From(Pictures)
        .Infer(ModelOf("look"), (_, seen) => seen)
        .KeyBy(seen => seen)
        .JoinWithin("request", w.From(Sounds).Infer(ModelOf("listen"), (_, heard) => heard).KeyBy(heard => heard), TimeSpan.FromSeconds(1), (_, _) => true, (seen, heard) => seen + heard)
        .Infer(ModelOf("answer"), (_, answer) => answer)
        .To(new Output<string>("answers")));

    /// <summary>One source of each input on a free edge machine, and a link of 1 MB/s to two cloud machines with a core each.</summary>
    public static PlanningProblem At(double rate) => new()
    {
        Workflow = Workflow,
        Profile = new Profile
        {
            Provenance = "made up",
            Machine = new MachineFingerprint { Processor = "p", Cores = 1, System = "s", Runtime = "r" },
            ServiceTimes = [Tracking.Time("look", "only", 1, 20), Tracking.Time("listen", "only", 1, 5), Tracking.Time("request", null, 1, 0), Tracking.Time("answer", "only", 1, 10)],
            Footprints = [.. new[] { "look", "listen", "answer" }.Select(o => new Footprint { Operator = new(o), Variant = "only", MemoryBytes = 0 })],
            Outputs = [Sends("pictures", 1000), Sends("sounds", 500), Sends("look", 100), Sends("listen", 10), Sends("request", 110) with { ResultsPerElement = 0.5 }, Sends("answer", 0)],
        },
        Catalogue = new InfrastructureCatalogue
        {
            Name = "questions",
            Tiers = [Tier.Edge, Tier.Cloud],
            WorkerTypes =
            [
                new WorkerType { Id = new("box"), Tier = Tier.Edge, PricePerHour = 0, Cores = 1, MemoryBytes = 1 },
                new WorkerType { Id = new("vm"), Tier = Tier.Cloud, PricePerHour = 0.1, Cores = 1, MemoryBytes = 1 },
            ],
            Workers = [.. Worker.Several("edge", new("box"), 1), .. Worker.Several("cloud", new("vm"), 2)],
            Links = [new TierLink { From = Tier.Edge, To = Tier.Cloud, BytesPerSecond = 1e6, RoundTrip = TimeSpan.FromMilliseconds(40) }],
        },
        Sources = [Source("pictures", rate), Source("sounds", rate)],
        Options = new PlanningOptions { UtilisationCap = 1 },
    };

    /// <summary>Looking and answering, and so the join, on both cloud machines; all sources on the edge.</summary>
    public static Plan Spread(PlanningProblem problem) => new SpreadPlan(problem)
        .On("edge", "pictures", "sounds")
        .On("look", "only", 1, ("cloud-1", 0.3, 1), ("cloud-2", 0.7, 1))
        .On("listen", "only", 1, ("cloud-1", 1, 1))
        .On("request", null, 1, ("cloud-1", 0.6, 1), ("cloud-2", 0.4, 1))
        .On("answer", "only", 1, ("cloud-1", 0.4, 1), ("cloud-2", 0.6, 1))
        .On("cloud-2", "answers")
        .Build();

    private static Model<string, string> ModelOf(string name) => Model.Define(name, [new FakeVariant("only")]);

    private static OutputProfile Sends(string op, double bytes) => new() { Operator = new(op), MessageBytes = bytes };

    private static SourceDemand Source(string input, double rate) =>
        new() { Source = SourceId.Of(input, "all"), Input = new(input), Rate = rate, Tier = Tier.Edge, Worker = new("edge") };
}
