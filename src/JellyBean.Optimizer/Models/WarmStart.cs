using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Models;

/// <summary>The plan in force as a plan for the problem at hand: the search then only looks for better ones.</summary>
internal static class WarmStart
{
    /// <summary>The plan that runs now, worked out anew where rates or prices have changed; null where there is none or it does not hold anymore.</summary>
    public static Plan? Of(PlanningProblem problem, Layout layout)
    {
        if (problem.InForce?.Plan is not { } inForce
            || inForce.Placements.Any(p => !layout.WaysOf(p.Operator).Contains(new Way(p.Variant, p.BatchSize)))
            || inForce.Placements.Any(p => p.Instances.Any(i => layout.WorkersOf(p.Operator).All(w => w.Id != i.Worker)))
            || !layout.Sources.Select(s => s.Source).SequenceEqual(inForce.Sources.Select(s => s.Source).Order()))
        {
            return null;
        }

        if (PlanCheck.Violations(inForce, problem).IsEmpty)
        {
            return inForce;
        }

        var shares = layout.Operators.SelectMany(o => layout.WorkersOf(o.Id).Select(w => (o.Id, w.Id))).ToDictionary(k => k, _ => 0.0);
        foreach (var (op, instance) in inForce.Placements.SelectMany(p => p.Instances.Select(i => (p.Operator, i))))
        {
            shares[(op, instance.Worker)] = instance.Share;
        }

        var flows = new Dictionary<(int, string?, Tier, Tier), double>();
        foreach (var (flow, i) in layout.Rates.Flows.Select((f, i) => (f, i)))
        {
            var routes = inForce.Routes.Where(r => (r.From, r.To, r.InputIndex) == (flow.From, flow.To, flow.InputIndex)).ToList();
            foreach (var tiers in routes.GroupBy(r => (From: layout.TierOf(r.FromWorker), To: layout.TierOf(r.ToWorker))))
            {
                flows[(i, null, tiers.Key.From, tiers.Key.To)] = tiers.Sum(r => r.Rate) / Math.Max(routes.Sum(r => r.Rate), double.Epsilon);
            }
        }

        var ways = inForce.Placements.ToDictionary(p => p.Operator, p => new Way(p.Variant, p.BatchSize));
        var plan = PlanAssembly.Assemble(problem, new Solution(layout, ways, shares, inForce.Sources.ToDictionary(s => s.Source, s => s.Worker), flows));
        return PlanCheck.Violations(plan, problem).IsEmpty ? plan : null;
    }
}
