using System.Collections.Immutable;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Ladders;

/// <summary>A plan as it is on a rung: the same machines, shares and routes, other variants and batch sizes.</summary>
internal sealed class RungEvaluation
{
    private readonly PlanningProblem _problem;
    private readonly Plan _plan;
    private readonly PlanEvaluation _evaluation;

    /// <param name="problem">What the plan is for.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="own">The plan as it is.</param>
    /// <param name="ways">The rung's.</param>
    public RungEvaluation(PlanningProblem problem, Plan plan, PlanEvaluation own, IEnumerable<RungWay> ways)
    {
        _problem = problem;
        _plan = On(own.Rates, plan, ways.ToDictionary(w => w.Operator));
        _evaluation = new PlanEvaluation(own, _plan);
        Cores = _evaluation.UsedWorkers.Sum(_evaluation.Cores);
        Capacity = Math.Min(Uses().Where(u => u.Used > 0).Select(u => u.Allowed / u.Used).DefaultIfEmpty(double.PositiveInfinity).Min(), LadderRung.MostCapacity);
    }

    public double Capacity { get; }

    public double Cores { get; }

    public ImmutableArray<RungAccuracy>? Accuracies(AccuracyGoal goal) => goal.ValuesOf(id => _plan.Placements.FirstOrDefault(p => p.Operator == id)?.Variant) is { } values
        ? [.. goal.Outputs.Zip(values, (output, value) => new RungAccuracy(output.Output, output.Floor.Metric, value))]
        : null;

    /// <summary>Whether what instances hold fits into memory.</summary>
    public bool FitsMemory => _evaluation.UsedWorkers.All(w => _evaluation.MemoryBytes(w) <= _evaluation.TypeOf(w).MemoryBytes);

    /// <summary>Whether latencies are kept, at the planned rates or at the lower ones that the rung can take.</summary>
    public bool KeepsLatency()
    {
        var asked = _problem.Workflow.Operators.OfType<OutputOperator>().Select(o => (o.Id, _problem.ObjectivesOf(o).P99)).Where(o => o.P99 is not null).ToDictionary(o => o.Id, o => o.P99!.Value);
        if (asked.Count == 0)
        {
            return true;
        }

        var part = Math.Min(1, Capacity);
        var slower = part < 1 ? new PlanEvaluation(_problem with { Sources = [.. _problem.Sources.Select(s => s with { Rate = s.Rate * part })] }, _plan) : _evaluation;
        return slower.Outputs().All(o => !asked.TryGetValue(o.Output, out var most) || !PlanCheck.Exceeds(o.P99Ms, most.TotalMilliseconds));
    }

    private static Plan On(WorkflowRates rates, Plan plan, Dictionary<OperatorId, RungWay> ways)
    {
        var changed = plan.Placements.Where(p => ways.TryGetValue(p.Operator, out var way) && way.Variant != p.Variant).ToDictionary(p => p.Operator);
        return plan with
        {
            Placements = [.. plan.Placements.Select(p => ways.TryGetValue(p.Operator, out var way) ? p with { Variant = way.Variant, BatchSize = way.BatchSize } : p)],
            Routes = changed.Count == 0 ? plan.Routes : [.. plan.Routes.Select(r => changed.TryGetValue(r.From, out var before) && rates.Flows.FirstOrDefault(f => (f.From, f.To, f.InputIndex) == (r.From, r.To, r.InputIndex)) is { } flow
                ? r with { BytesPerSecond = Scaled(r.BytesPerSecond, flow.BytesPerSecond(before.Variant), flow.BytesPerSecond(ways[r.From].Variant)) }
                : r)],
        };
    }

    private static double Scaled(double bytes, double before, double after) => before > 0 ? bytes * after / before : bytes;

    private IEnumerable<(double Used, double Allowed)> Uses()
    {
        var cap = _problem.Options.UtilisationCap;
        foreach (var worker in _evaluation.UsedWorkers)
        {
            yield return (_evaluation.Cores(worker), cap * _evaluation.TypeOf(worker).Cores);
        }

        foreach (var (placement, instance) in _plan.Placements.SelectMany(p => p.Instances, (p, i) => (p, i)))
        {
            yield return (_evaluation.Cores(placement, instance), cap * instance.Parallelism);
        }

        foreach (var host in _problem.Catalogue.Hosts)
        {
            yield return (_problem.Catalogue.Workers.Where(w => w.Host == host.Id && _evaluation.UsedWorkers.Contains(w.Id)).Sum(w => _evaluation.HostCores(w.Id)), cap * host.Cores);
        }

        foreach (var link in _problem.Catalogue.Links)
        {
            yield return (_evaluation.BytesPerSecond(link.From, link.To), link.BytesPerSecond);
        }
    }
}
