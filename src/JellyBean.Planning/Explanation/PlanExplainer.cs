using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Simulation;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Explanation;

/// <summary>Explains plans by planning again with one thing changed at a time.</summary>
/// <remarks>How plans are found is handed in. Pure if that is.</remarks>
public static class PlanExplainer
{
    /// <summary>The longest that one of the many questions may take; an explanation need not be proven.</summary>
    private static readonly TimeSpan EachQuestion = TimeSpan.FromSeconds(1);

    /// <summary>A limit counts as touched from this part of it.</summary>
    private const double Touches = 0.98;

    /// <summary>How unevenly elements come where bursts are simulated: as planned for, but not evenly even if that is planned for.</summary>
    public static double BurstinessOf(PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return Math.Max(2, problem.Options.Burstiness);
    }

    /// <summary>Explains a plan.</summary>
    /// <param name="problem">What was asked.</param>
    /// <param name="plan">The plan that was found for it.</param>
    /// <param name="solve">Finds plans.</param>
    public static PlanExplanation Explain(PlanningProblem problem, Plan plan, Func<PlanningProblem, PlanningResult> solve)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(solve);
        return new PlanExplanation
        {
            Variants = Variants(problem, plan, solve),
            Limits = Limits(problem, plan),
            Prices = Prices(problem, plan, solve),
            Spares = Spares(problem, solve),
            Front = Front(problem, plan, solve),
            Simulated = Simulated(problem, plan),
            SimulatedBursts = SimulatedBursts(problem, plan),
        };
    }

    internal static ImmutableArray<SparePrice> Spares(PlanningProblem problem, Func<PlanningProblem, PlanningResult> solve) =>
        [.. problem.Options.SpareTiers.Select(t => new SparePrice(t, solve(WithoutSpare(WithoutReasons(Briefly(problem)), t)).Plan?.Cost.TotalPerHour))];

    internal static ImmutableArray<FrontPoint> Front(PlanningProblem problem, Plan plan, Func<PlanningProblem, PlanningResult> solve) =>
        CostFront.Of(WithoutReasons(Briefly(problem)), plan, solve);

    internal static SimulationResult Simulated(PlanningProblem problem, Plan plan) =>
        Simulator.Run(problem, plan, new SimulationOptions { Arrivals = ArrivalProcess.OfBurstiness(Math.Min(1, problem.Options.Burstiness)) });

    internal static SimulationResult SimulatedBursts(PlanningProblem problem, Plan plan) =>
        Simulator.Run(problem, plan, new SimulationOptions { Arrivals = ArrivalProcess.OfBurstiness(BurstinessOf(problem)) });

    internal static PlanningProblem Briefly(PlanningProblem problem) =>
        problem with { Options = problem.Options with { TimeLimit = problem.Options.TimeLimit < EachQuestion ? problem.Options.TimeLimit : EachQuestion } };

    internal static PlanningProblem WithoutSpare(PlanningProblem problem, Tier tier) => problem with { Options = problem.Options with { SpareTiers = problem.Options.SpareTiers.Remove(tier) } };

    internal static PlanningProblem WithoutReasons(PlanningProblem problem) => problem with { Options = problem.Options with { GiveReasons = false } };

    /// <summary>A problem in which an output has other objectives.</summary>
    internal static PlanningProblem With(PlanningProblem problem, OutputOperator output, Func<Workflows.Outputs.Objectives, Workflows.Outputs.Objectives> change) =>
        problem with { Objectives = problem.Objectives.SetItem(output.Id, change(problem.ObjectivesOf(output))) };

    internal static ImmutableArray<VariantReason> Variants(PlanningProblem problem, Plan plan, Func<PlanningProblem, PlanningResult> solve) =>
    [
        .. from op in problem.Workflow.Operators.OfType<InferOperator>()
           let chosen = plan[op.Id].Variant!
           from other in op.Variants.Select(v => v.Name)
           where other != chosen && problem.Profile.ServiceTimes.Any(t => t.Operator == op.Id && t.Variant == other)
           let result = solve(OnlyWith(Briefly(problem), op.Id, other))
           select new VariantReason(op.Id, chosen, other, result.Plan?.Cost.TotalPerHour, result.Plan is null ? result.Reasons.FirstOrDefault() ?? "No plan was found in time." : ""),
    ];

    /// <summary>The problem as if an operator's model had one variant.</summary>
    private static PlanningProblem OnlyWith(PlanningProblem problem, OperatorId op, string variant) => problem with
    {
        Profile = problem.Profile with
        {
            ServiceTimes = [.. problem.Profile.ServiceTimes.Where(t => t.Operator != op || t.Variant == variant)],
            Accuracies = [.. problem.Profile.Accuracies.Where(a => a.Variants.All(v => v.Operator != op || v.Variant == variant))],
        },
    };

    internal static ImmutableArray<BindingLimit> Limits(PlanningProblem problem, Plan plan)
    {
        var evaluation = new PlanEvaluation(problem, plan);
        var cap = problem.Options.UtilisationCap;
        var limits = new List<BindingLimit>();
        foreach (var worker in evaluation.UsedWorkers)
        {
            var type = problem.Catalogue.TypeOf(worker);
            limits.Add(new BindingLimit($"worker {worker}", "utilisation", evaluation.Cores(worker) / type.Cores, cap));
            limits.Add(new BindingLimit($"worker {worker}", "memory bytes", evaluation.MemoryBytes(worker), type.MemoryBytes));
        }

        foreach (var host in problem.Catalogue.Hosts)
        {
            var cores = problem.Catalogue.Workers.Where(w => w.Host == host.Id && evaluation.UsedWorkers.Contains(w.Id)).Sum(w => evaluation.HostCores(w.Id));
            limits.Add(new BindingLimit($"host {host.Id}", "utilisation", cores / host.Cores, cap));
        }

        limits.AddRange(problem.Catalogue.Links.Select(l => new BindingLimit($"link {l.From} -> {l.To}", "bytes per second", evaluation.BytesPerSecond(l.From, l.To), l.BytesPerSecond)));
        foreach (var output in problem.Workflow.Operators.OfType<OutputOperator>())
        {
            if (problem.ObjectivesOf(output).P99 is { } p99)
            {
                limits.Add(new BindingLimit($"output {output.Id}", "p99 ms", plan.Outputs.First(o => o.Output == output.Id).P99Ms, p99.TotalMilliseconds));
            }
        }

        return [.. limits.Where(l => l.Used >= Touches * l.Allowed)];
    }

    internal static ImmutableArray<ObjectivePrice> Prices(PlanningProblem whole, Plan plan, Func<PlanningProblem, PlanningResult> solve)
    {
        var problem = WithoutReasons(Briefly(whole));
        var prices = ImmutableArray.CreateBuilder<ObjectivePrice>();
        foreach (var output in problem.Workflow.Operators.OfType<OutputOperator>())
        {
            var asked = problem.ObjectivesOf(output);
            if (asked.Accuracy is { } floor)
            {
                foreach (var least in CostFront.StepsAround(problem, output, floor))
                {
                    prices.Add(Price(new ObjectivePrice(output.Id, floor.Metric, floor.Least, least, null), With(problem, output, o => o with { Accuracy = floor with { Least = least } })));
                }
            }

            if (asked.P99 is { } p99)
            {
                foreach (var most in new[] { p99 * 0.8, p99 * 1.2 })
                {
                    prices.Add(Price(new ObjectivePrice(output.Id, "p99", p99.TotalMilliseconds, most.TotalMilliseconds, null), With(problem, output, o => o with { P99 = most })));
                }
            }
        }

        return prices.ToImmutable();

        // A plan that meets more than is asked meets what is asked, however little time there was to look for another.
        ObjectivePrice Price(ObjectivePrice price, PlanningProblem changed)
        {
            var result = solve(changed);
            var cost = result.Plan?.Cost.TotalPerHour;
            var own = PlanCheck.Violations(plan with { Ladder = [] }, changed).IsEmpty ? plan.Cost.TotalPerHour : (double?)null;
            return price with { CostPerHour = cost is null || own < cost ? own ?? cost : cost, IsOpen = cost is null && own is null && result.Status != PlanningStatus.Infeasible };
        }
    }
}
