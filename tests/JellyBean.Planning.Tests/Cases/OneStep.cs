using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Planning.Tests.Cases;

/// <summary>One model on one machine, the simplest queue: what queueing theory has formulas for.</summary>
internal static class OneStep
{
    private static readonly Input<string> Requests = new("requests");
    private static readonly Model<string, string> Model = Workflows.Models.Model.Define("server", [new FakeVariant("only")]);

    public static Workflow Workflow { get; } = Workflow.Define("one-step", w => w.From(Requests).Infer(Model, (_, answer) => answer).To(new Output<string>("answers")));

    /// <summary>The problem.</summary>
    /// <param name="rate">Elements per second.</param>
    /// <param name="cores">The machine's cores.</param>
    /// <param name="runs">Milliseconds of a run, by batch size.</param>
    public static PlanningProblem Problem(double rate, double cores, params ReadOnlySpan<(int Batch, double Ms)> runs)
    {
        var times = ImmutableArray.CreateBuilder<ServiceTime>();
        foreach (var (batch, ms) in runs)
        {
            times.Add(Tracking.Time("server", "only", batch, ms));
        }

        return new PlanningProblem
        {
            Workflow = Workflow,
            Profile = new Profile
            {
                Provenance = "made up",
                Machine = new MachineFingerprint { Processor = "p", Cores = 1, System = "s", Runtime = "r" },
                ServiceTimes = times.ToImmutable(),
                Footprints = [new Footprint { Operator = new("server"), Variant = "only", MemoryBytes = 0 }],
                Outputs = [new OutputProfile { Operator = new("requests"), MessageBytes = 1 }, new OutputProfile { Operator = new("server"), MessageBytes = 1 }],
            },
            Catalogue = new InfrastructureCatalogue
            {
                Name = "one machine",
                Tiers = [Tier.Edge],
                WorkerTypes = [new WorkerType { Id = new("box"), Tier = Tier.Edge, PricePerHour = 0, Cores = cores, MemoryBytes = 1 }],
                Workers = Worker.Several("edge", new("box"), 1),
            },
            Sources = [new SourceDemand { Source = SourceId.Of("requests", "all"), Input = new("requests"), Rate = rate, Tier = Tier.Edge }],
            Options = new PlanningOptions { UtilisationCap = 1 },
        };
    }

    public static Plan Plan(PlanningProblem problem, int batch = 1, int parallelism = 1) =>
        new SpreadPlan(problem).On("edge", "requests", "answers").On("server", "only", batch, ("edge", 1, parallelism)).Build();
}
