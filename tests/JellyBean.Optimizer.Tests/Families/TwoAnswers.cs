using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Optimizer.Tests.Families;

/// <summary>Two models asked about the same elements, each with an output and a metric of its own, of which the second is in per cent.</summary>
internal static class TwoAnswers
{
    private static readonly string[] Variants = ["poor", "fair", "good"];

    private static readonly Workflow Workflow = Workflow.Define("two-answers", w =>
    {
        var frames = w.From(new Input<string>("frames") { Tier = Tier.Edge });
        foreach (var name in new[] { "look", "read" })
        {
            frames.Infer(Model.Define(name, Variants.Select(v => new FakeVariant(v))), (frame, answer) => frame).To(new Output<string>($"{name}-out"));
        }
    });

    public static PlanningProblem Problem(double budget, double rate = 10) => new()
    {
        Workflow = Workflow,
        Profile = new Profile
        {
            Provenance = "made up",
            Machine = new MachineFingerprint { Processor = "p", Cores = 1, System = "s", Runtime = "r" },
            ServiceTimes = [Tracking.Time("look", "poor", 1, 5), Tracking.Time("look", "fair", 1, 20), Tracking.Time("look", "good", 1, 60), Tracking.Time("read", "poor", 1, 10), Tracking.Time("read", "fair", 1, 15), Tracking.Time("read", "good", 1, 40)],
            Footprints = [.. Variants.SelectMany(v => new[] { "look", "read" }.Select(o => new Footprint { Operator = new(o), Variant = v, MemoryBytes = 0 }))],
            Outputs = [.. new[] { "frames", "look", "read" }.Select(o => new OutputProfile { Operator = new(o), MessageBytes = 1000 })],
            Accuracies =
            [
                Row("look", "poor", "f1", 0.5), Row("look", "fair", "f1", 0.6), Row("look", "good", "f1", 0.9),
                Row("read", "poor", "words", 50), Row("read", "fair", "words", 70), Row("read", "good", "words", 90),
            ],
        },
        Catalogue = new InfrastructureCatalogue
        {
            Name = "one-tier",
            Tiers = [Tier.Edge],
            WorkerTypes = [new WorkerType { Id = new("box"), Tier = Tier.Edge, PricePerHour = 0.1, Cores = 1, MemoryBytes = 1 }],
            Workers = Worker.Several("box", new("box"), 8),
        },
        Sources = [new SourceDemand { Source = SourceId.Of("frames", "all"), Input = new("frames"), Rate = rate, Tier = Tier.Edge }],
        Objectives = ImmutableSortedDictionary<OperatorId, Objectives>.Empty
            .Add(new("look-out"), new Objectives { Accuracy = new AccuracyFloor("f1", 0.4) })
            .Add(new("read-out"), new Objectives { Accuracy = new AccuracyFloor("words", 50) }),
        Options = new PlanningOptions { Goal = PlanningGoal.MostAccuracy, BudgetPerHour = double.IsFinite(budget) ? budget : null },
    };

    /// <summary>The best of all assignments, each planned for itself.</summary>
    public static (ImmutableArray<double> Values, double Cost)? Best(PlanningProblem problem)
    {
        var goal = AccuracyGoal.Of(problem);
        var all = from look in Variants
                  from read in Variants
                  let values = goal.ValuesOf(id => id.Value == "look" ? look : read)
                  where values is not null
                  let plan = Planner.Plan(Only(problem, look, read)).Plan
                  where plan is not null
                  select (Values: values!.Value, Cost: plan.Cost.TotalPerHour);
        return all.Order(Comparer<(ImmutableArray<double> Values, double Cost)>.Create((a, b) => goal.Compare(b.Values, a.Values))).Cast<(ImmutableArray<double>, double)?>().FirstOrDefault();
    }

    private static PlanningProblem Only(PlanningProblem problem, string look, string read) => problem with
    {
        Options = problem.Options with { Goal = PlanningGoal.LeastCost },
        Profile = problem.Profile with { ServiceTimes = [.. problem.Profile.ServiceTimes.Where(t => t.Variant == (t.Operator.Value == "look" ? look : read))] },
    };

    private static AccuracyRow Row(string op, string variant, string metric, double value) =>
        new() { Metric = metric, Value = value, Variants = [new VariantChoice(new(op), variant)], Provenance = "made up" };
}
