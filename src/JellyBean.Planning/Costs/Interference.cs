using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;

namespace JellyBean.Planning.Costs;

/// <summary>How much longer runs take because a machine's other cores are busy: they share caches and memory.</summary>
/// <remarks>As measured with all other cores busy, in proportion to the part of the time that they are (<see cref="PlanningOptions.NeighbourLoad"/>). Of several neighbours that were measured the worst counts.</remarks>
internal sealed class Interference
{
    private readonly Dictionary<(OperatorId, string?, int), double> _factors;
    private readonly HashSet<WorkerTypeId> _alone;
    private readonly double _load;

    public Interference(PlanningProblem problem)
    {
        var catalogue = problem.Catalogue;
        _load = problem.Options.NeighbourLoad ?? problem.Options.UtilisationCap;
        _factors = Factors(problem.Profile);
        _alone = [.. catalogue.WorkerTypes.Where(t => t.Cores <= 1 && !catalogue.Workers.Any(w => w.Type == t.Id && catalogue.Hosts.Any(h => h.Id == w.Host && h.Cores > 1))).Select(t => t.Id)];
    }

    /// <summary>By which factor a run takes longer on machines of a type.</summary>
    public double On(WorkerType type, OperatorId op, Way way) =>
        _factors.TryGetValue((op, way.Variant, way.BatchSize), out var factor) && !_alone.Contains(type.Id) ? 1 + (_load * (factor - 1)) : 1;

    /// <summary>Times with all other cores busy, as multiples of those alone; never below 1.</summary>
    public static Dictionary<(OperatorId, string?, int), double> Factors(Profile profile)
    {
        var alone = profile.ServiceTimes.Where(t => t.WorkerType is null && t.ServiceMs > 0).ToDictionary(t => (t.Operator, t.Variant, t.BatchSize), t => t.ServiceMs);
        return profile.CoRunningTimes
            .GroupBy(t => (t.Operator, Variant: (string?)t.Variant, t.BatchSize))
            .Where(g => alone.ContainsKey(g.Key))
            .ToDictionary(g => g.Key, g => Math.Max(1, g.Max(t => t.ServiceMs) / alone[g.Key]));
    }
}
