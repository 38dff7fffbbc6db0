using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Replanning;

/// <summary>Compares how long runs take with what was profiled for the machines that they were measured on. Pure.</summary>
public static class ServiceDrift
{
    /// <summary>Measured to profiled, by operator and variant; machines that run the same count alike.</summary>
    /// <param name="problem">With the original profile, and the machines.</param>
    /// <param name="runs">What was measured; what the profile says nothing of is left out.</param>
    public static ImmutableArray<MeasuredService> Of(PlanningProblem problem, IEnumerable<MeasuredRun> runs)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var there = problem.Catalogue.Workers.Select(w => w.Id).ToHashSet();
        var services = new ServiceTable(problem, WorkflowRates.Of(problem));
        return
        [
            .. from run in runs
               where there.Contains(run.Worker) && problem.Workflow[run.Operator] is InferOperator
               let profiled = ProfiledMs(services, problem, run)
               where profiled > 0 && run.MeanMs > 0
               group run.MeanMs / profiled.Value by (run.Operator, run.Variant) into ratios
               orderby ratios.Key.Operator, ratios.Key.Variant
               select new MeasuredService(ratios.Key.Operator, ratios.Key.Variant, ratios.Average()),
        ];
    }

    /// <summary>Between two profiled batch sizes, times are in proportion; null where none is known.</summary>
    private static double? ProfiledMs(ServiceTable services, PlanningProblem problem, MeasuredRun run)
    {
        var op = problem.Workflow[run.Operator];
        var type = problem.Catalogue.TypeOf(run.Worker);
        var known = services.WaysOf(op).Where(w => w.Variant == run.Variant).Select(w => (Size: (double)w.BatchSize, Ms: services.RunMs(op, w, type))).Where(w => w.Ms is not null).ToList();
        var (below, above) = (known.LastOrDefault(w => w.Size <= run.BatchSize), known.FirstOrDefault(w => w.Size >= run.BatchSize));
        return (below.Ms, above.Ms) switch
        {
            (null, _) => above.Ms,
            (_, null) => below.Ms * run.BatchSize / below.Size,
            _ when above.Size <= below.Size => below.Ms,
            _ => below.Ms + ((above.Ms - below.Ms) * (run.BatchSize - below.Size) / (above.Size - below.Size)),
        };
    }
}
