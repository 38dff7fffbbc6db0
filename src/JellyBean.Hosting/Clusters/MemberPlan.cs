using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Hosting.Commands;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Hosting.Clusters;

/// <summary>Plans for the nodes that are there; where not all that was asked fits any more, for as much of it as does. Pure.</summary>
/// <remarks>
/// The floor for accuracy stands: the planner goes down to it by itself. Then less is let in: live sources drop what is above the planned rate by their
/// overload policies, files wait. The objective for latency is given up last. Whatever is not done is said.
/// </remarks>
internal static class MemberPlan
{
    // A plan that takes less than so many times what the one in force takes is not worth a move.
    private const double ClearlyMore = 1.1;

    // Of the rate that was asked for; below a tenth there is nothing worth calling service.
    private static readonly ImmutableArray<double> Rates = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

    /// <param name="asked">What is to be planned, with the configured catalogue.</param>
    /// <param name="request">Who is there.</param>
    /// <param name="planner">Plans.</param>
    public static ClusterPlan Of(PlanningProblem asked, ClusterPlanRequest request, IPlanner planner)
    {
        var parts = request.Members.Where(m => request.Taken.ContainsKey(m.Worker)).ToImmutableDictionary(m => m.Worker, m => m.Cores);
        var (catalogue, likes, shortfalls) = MemberCatalogue.Of(asked.Catalogue, request.Members, request.Taken);
        var there = request.Members.Select(m => m.Worker).ToHashSet();
        var missing = asked.Sources.Where(s => s.Worker is { } worker && !there.Contains(worker)).ToList();
        if (request.IsFirst && missing.Count > 0)
        {
            return new ClusterPlan { Reasons = [.. missing.Select(s => $"Source '{s.Source}' is attached to node '{s.Worker}', which has not joined.")] };
        }

        shortfalls = shortfalls.AddRange(missing.Select(s => $"Source '{s.Source}' is left out until node '{s.Worker}' comes back."));
        var types = catalogue.Workers.ToDictionary(w => w.Id, w => catalogue.TypeOf(w.Id));
        var inForce = request.InForce is not { } known ? null
            : Rescaled(known, w => parts.TryGetValue(w, out var all) ? all / CoresOf(catalogue, w, all) : 1).Priced(types.GetValueOrDefault).Charged(ImmutableSortedSet<WorkerId>.Empty);
        var problem = asked with
        {
            Catalogue = catalogue,
            Sources = [.. asked.Sources.Except(missing)],
            Profile = Measured(Chosen(asked.Profile, request.Variants), likes),
            Pins = request.Pins,
            InForce = inForce is null ? null : new PlanInForce(inForce),
        };
        var inputs = problem.Workflow.Operators.OfType<InputOperator>().Where(i => problem.Sources.All(s => s.Input != i.Id)).ToList();
        if (inputs.Count > 0)
        {
            return new ClusterPlan { Reasons = [.. inputs.Select(i => $"None of the sources of input '{i.Id}' is there."), .. shortfalls] };
        }

        if (request.Replan is { } question)
        {
            if (inForce is null)
            {
                return new ClusterPlan { Reasons = ["The plan in force is too large to be weighed against another one by a node that makes plans for others."] };
            }

            var weighed = Weighed(problem, question, inForce, shortfalls, planner);
            weighed = weighed with { Decision = weighed.Decision! with { Reason = $"{weighed.Decision.Reason}{Shared(inForce)}" } };
            return OfWholeMachines(weighed.Plan) is { } whole ? weighed with { Plan = whole, Decision = weighed.Decision! with { Proposed = whole } } : weighed;
        }

        problem = request.Known is { } measured ? ReplanPolicy.Needed(problem, measured.State, measured.Options) : problem;
        var result = planner.Plan(problem);

        // Less is also easier to find: what runs is not to stop because time ran out.
        if (result is { Plan: null, Status: PlanningStatus.Infeasible or PlanningStatus.Unknown } && !request.IsFirst)
        {
            var less = Less(problem, shortfalls, planner);
            return less is null ? new ClusterPlan { Reasons = result.Reasons } : less with { Plan = OfWholeMachines(less.Plan) };
        }

        return new ClusterPlan { Plan = OfWholeMachines(result.Plan), Reasons = result.Reasons, Shortfalls = result.Plan is null ? [] : shortfalls };

        // How busy a machine is, and what it costs, is told of the whole machine, whatever of it there was to plan with.
        Plan? OfWholeMachines(Plan? plan) => plan is null ? null
            : Rescaled(plan, w => parts.TryGetValue(w, out var all) ? CoresOf(catalogue, w, all) / all : 1).Priced(WholeTypeOf).Charged(request.PaidByOthers);

        WorkerType? WholeTypeOf(WorkerId worker) => request.Members.FirstOrDefault(m => m.Worker == worker) is { } member ? asked.Catalogue.WorkerTypes.FirstOrDefault(t => t.Id == member.Type) : null;

        string Shared(Plan plan) => plan.Workers.Select(w => w.Worker).Where(request.Taken.ContainsKey).Order().ToList() is { Count: > 0 } shared
            ? $" {string.Join(", ", shared)} cost nothing here, for other workflows use them as well."
            : "";
    }

    private static Plan Rescaled(Plan plan, Func<WorkerId, double> factor) => plan with { Workers = [.. plan.Workers.Select(w => w with { Utilisation = w.Utilisation * factor(w.Worker) })] };

    private static double CoresOf(InfrastructureCatalogue catalogue, WorkerId worker, double otherwise) =>
        catalogue.Workers.Any(w => w.Id == worker) ? catalogue.TypeOf(worker).Cores : otherwise;

    private static ClusterPlan Weighed(PlanningProblem problem, ReplanQuestion question, Plan running, ImmutableArray<string> shortfalls, IPlanner planner)
    {
        var decision = ReplanPolicy.Decide(problem, question, running, planner.Plan);

        // Nothing takes all that arrives: a plan that takes clearly more than the one in force is still better.
        if (decision is { Holds: false, OtherCostPerHour: null }
            && Less(ReplanPolicy.Problem(problem, question.State with { Drift = decision.Drift }, new PlanInForce(running), question.Options), shortfalls, planner) is { Plan: { } most } part
            && most.Sources.Sum(s => s.Rate) >= running.Sources.Sum(s => s.Rate) * ClearlyMore)
        {
            decision = decision with { Proposed = most, OtherCostPerHour = most.Cost.TotalPerHour, OtherNetworkPerHour = most.Cost.NetworkPerHour, Reason = $"{decision.Reason} {string.Join(' ', part.Shortfalls)}" };
            return part with { Decision = decision, Reasons = [decision.Reason] };
        }

        return new ClusterPlan { Plan = decision.Proposed, Decision = decision, Reasons = [decision.Reason], Shortfalls = decision.Proposed is null ? [] : shortfalls };
    }

    // Of an operator whose variant was chosen by hand, the planner knows no other.
    private static Profile Chosen(Profile profile, ImmutableSortedDictionary<OperatorId, string> variants) => variants.IsEmpty
        ? profile
        : profile with { ServiceTimes = [.. profile.ServiceTimes.Where(t => !variants.TryGetValue(t.Operator, out var variant) || t.Variant == variant)] };

    // What was measured on machines of a type counts for those that are like it.
    private static Profile Measured(Profile profile, ImmutableDictionary<WorkerTypeId, WorkerTypeId> likes) => likes.IsEmpty
        ? profile
        : profile with { ServiceTimes = [.. profile.ServiceTimes, .. from like in likes from time in profile.ServiceTimes where time.WorkerType == like.Value select time with { WorkerType = like.Key }] };

    private static ClusterPlan? Less(PlanningProblem problem, ImmutableArray<string> shortfalls, IPlanner planner)
    {
        var patient = problem with
        {
            Objectives = problem.Workflow.Operators.OfType<OutputOperator>().ToImmutableSortedDictionary(o => o.Id, o => problem.ObjectivesOf(o) with { P99 = null }),
        };
        var late = problem.Workflow.Operators.OfType<OutputOperator>().Where(o => problem.ObjectivesOf(o).P99 is not null)
            .Select(o => $"The latency objective of output '{o.Id}' is not met.").ToImmutableArray();
        return LessOf(problem, Rates, []) ?? LessOf(patient, Rates.Insert(0, 1), late);

        ClusterPlan? LessOf(PlanningProblem relaxed, ImmutableArray<double> rates, ImmutableArray<string> unmet)
        {
            foreach (var rate in rates)
            {
                var plan = planner.Plan(relaxed with { Sources = [.. relaxed.Sources.Select(s => s with { Rate = s.Rate * rate })] }).Plan;
                if (plan is not null)
                {
                    ImmutableArray<string> shed = rate < 1
                        ? [string.Create(CultureInfo.InvariantCulture, $"Only {rate * 100:0} % of the planned rate fits: live sources drop what is above by their overload policies, files wait.")]
                        : [];
                    return new ClusterPlan { Plan = plan, Shortfalls = [.. shortfalls, .. unmet, .. shed] };
                }
            }

            return null;
        }
    }
}
