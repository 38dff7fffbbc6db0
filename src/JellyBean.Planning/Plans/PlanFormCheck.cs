using System.Globalization;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Plans;

/// <summary>Whether a plan is for the workflow and puts everything where it may be.</summary>
internal static class PlanFormCheck
{
    public static void Check(Plan plan, PlanningProblem problem, List<PlanViolation> violations)
    {
        void Violated(PlanConstraint constraint, FormattableString message) => violations.Add(new PlanViolation(constraint, message.ToString(CultureInfo.InvariantCulture)));

        if (plan.WorkflowFingerprint != problem.Workflow.Fingerprint || plan.Workflow != problem.Workflow.Name)
        {
            Violated(PlanConstraint.Workflow, $"The plan is for workflow '{plan.Workflow}' ({plan.WorkflowFingerprint}); expected '{problem.Workflow.Name}' ({problem.Workflow.Fingerprint}).");
        }

        var types = problem.Catalogue.Workers.ToDictionary(w => w.Id, w => problem.Catalogue.TypeOf(w.Id));
        var placements = plan.Placements.ToLookup(p => p.Operator);
        foreach (var op in problem.Workflow.Operators.Where(o => placements[o.Id].Count() != 1))
        {
            Violated(PlanConstraint.Placement, $"Operator '{op.Id}' is placed {placements[op.Id].Count()} times; expected once.");
        }

        foreach (var placement in plan.Placements)
        {
            if (problem.Workflow.Operators.FirstOrDefault(o => o.Id == placement.Operator) is not { } op)
            {
                Violated(PlanConstraint.Placement, $"Operator '{placement.Operator}' is placed, but workflow '{problem.Workflow.Name}' has no such operator.");
                continue;
            }

            CheckInstances(op, placement, types, Violated);
            CheckWay(op, placement, problem, types, Violated);
            CheckBinding(op, placement, problem, types, Violated);
        }

        CheckSources(plan, problem, types, Violated);
        foreach (var worker in plan.Standby.Where(w => !types.ContainsKey(w)))
        {
            Violated(PlanConstraint.Placement, $"Worker '{worker}' stands by, but the catalogue does not have it.");
        }
    }

    private static void CheckInstances(Operator op, Placement placement, Dictionary<WorkerId, WorkerType> types, Action<PlanConstraint, FormattableString> violated)
    {
        foreach (var instance in placement.Instances)
        {
            if (!types.ContainsKey(instance.Worker))
            {
                violated(PlanConstraint.Placement, $"Operator '{op.Id}' is on worker '{instance.Worker}', which the catalogue does not have.");
            }

            if (!(instance.Share > 0 && instance.Share <= 1 + PlanCheck.Tolerance))
            {
                violated(PlanConstraint.Placement, $"Operator '{op.Id}' has a share of {instance.Share} on worker '{instance.Worker}'; allowed: above 0 to 1.");
            }
        }

        foreach (var twice in placement.Instances.GroupBy(i => i.Worker).Where(g => g.Count() > 1))
        {
            violated(PlanConstraint.Placement, $"Operator '{op.Id}' is given {twice.Count()} times on worker '{twice.Key}'; expected once, with parallelism.");
        }

        if (PlanCheck.Differs(placement.Instances.Sum(i => i.Share), 1))
        {
            violated(PlanConstraint.Placement, $"The shares of operator '{op.Id}' sum to {placement.Instances.Sum(i => i.Share)}; expected 1.");
        }
    }

    private static void CheckWay(
        Operator op, Placement placement, PlanningProblem problem, Dictionary<WorkerId, WorkerType> types, Action<PlanConstraint, FormattableString> violated)
    {
        var services = new ServiceTable(problem, WorkflowRates.Of(problem));
        var way = new Way(placement.Variant, placement.BatchSize);
        var ways = services.WaysOf(op);
        if (!ways.Contains(way))
        {
            violated(PlanConstraint.Variant, $"Operator '{op.Id}' runs variant {way.Variant ?? "-"} with batches of {way.BatchSize}; profiled: {string.Join(", ", ways.Select(w => $"{w.Variant ?? "-"} × {w.BatchSize}"))}.");
            return;
        }

        foreach (var instance in placement.Instances.Where(i => types.TryGetValue(i.Worker, out var type) && services.RunMs(op, way, type) is null))
        {
            violated(PlanConstraint.Variant, $"Operator '{op.Id}' runs variant {way.Variant ?? "-"} with batches of {way.BatchSize} on worker '{instance.Worker}', for whose type ({types[instance.Worker].Id}) that was not profiled.");
        }
    }

    private static void CheckBinding(
        Operator op, Placement placement, PlanningProblem problem, Dictionary<WorkerId, WorkerType> types, Action<PlanConstraint, FormattableString> violated)
    {
        if (ServiceTable.IsWhole(op, problem.Options) && placement.Instances.Length != 1)
        {
            violated(PlanConstraint.Whole, $"Operator '{op.Id}' ({op.Kind}) is spread over {placement.Instances.Length} workers; allowed: one.");
        }

        var tier = TierFor(op, problem);
        foreach (var instance in placement.Instances.Where(i => types.TryGetValue(i.Worker, out var type) && tier is { } t && !type.Serves(t)))
        {
            violated(PlanConstraint.Pin, $"Operator '{op.Id}' is on worker '{instance.Worker}' of tier '{types[instance.Worker].Tier}'; allowed: tier '{tier}'.");
        }

        if (problem.SinkWorkers.TryGetValue(op.Id, out var sink) && placement.Instances.Any(i => i.Worker != sink))
        {
            violated(PlanConstraint.Pin, $"Output '{op.Id}' is on {string.Join(", ", placement.Instances.Select(i => i.Worker))}; its sink is bound to worker '{sink}'.");
        }
    }

    /// <summary>The tier that an operator must be on; null where any will do.</summary>
    public static Tier? TierFor(Operator op, PlanningProblem problem) =>
        problem.PinOf(op) ?? (problem.SinkWorkers.ContainsKey(op.Id) ? null : problem.Options.OnlyTier);

    private static void CheckSources(Plan plan, PlanningProblem problem, Dictionary<WorkerId, WorkerType> types, Action<PlanConstraint, FormattableString> violated)
    {
        foreach (var source in problem.Sources)
        {
            var planned = plan.Sources.Where(s => s.Source == source.Source).ToList();
            if (planned.Count != 1 || planned[0].Input != source.Input)
            {
                violated(PlanConstraint.Source, $"Source '{source.Source}' of input '{source.Input}' is planned {planned.Count} times; expected once, for that input.");
                continue;
            }

            if (!types.TryGetValue(planned[0].Worker, out var type) || !type.Serves(source.Tier) || (source.Worker is { } worker && worker != planned[0].Worker))
            {
                violated(PlanConstraint.Source, $"Source '{source.Source}' is read on worker '{planned[0].Worker}'; it is attached to {(source.Worker is { } w ? $"worker '{w}'" : $"tier '{source.Tier}'")}.");
            }

            if (PlanCheck.Differs(planned[0].Rate, source.Rate))
            {
                violated(PlanConstraint.Source, $"Source '{source.Source}' is planned for {planned[0].Rate} elements per second; it offers {source.Rate}.");
            }
        }

        foreach (var unknown in plan.Sources.Where(p => problem.Sources.All(s => s.Source != p.Source)))
        {
            violated(PlanConstraint.Source, $"Source '{unknown.Source}' is planned, but the problem has no such source.");
        }

        foreach (var input in problem.Workflow.Operators.OfType<InputOperator>())
        {
            var total = problem.Sources.Where(s => s.Input == input.Id).Sum(s => s.Rate);
            var shares = plan.Sources.Where(s => s.Input == input.Id).GroupBy(s => s.Worker).ToDictionary(g => g.Key, g => g.Sum(s => s.Rate) / total);
            var placed = plan.Placements.Where(p => p.Operator == input.Id).SelectMany(p => p.Instances).ToList();
            foreach (var worker in shares.Keys.Concat(placed.Select(i => i.Worker)).Distinct().Order())
            {
                var (reads, share) = (shares.GetValueOrDefault(worker), placed.Where(i => i.Worker == worker).Sum(i => i.Share));
                if (PlanCheck.Differs(share, reads))
                {
                    violated(PlanConstraint.Source, $"Input '{input.Id}' has a share of {share} on worker '{worker}'; the sources read there are {reads} of its elements.");
                }
            }
        }
    }
}
