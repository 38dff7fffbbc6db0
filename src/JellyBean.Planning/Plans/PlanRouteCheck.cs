using System.Globalization;
using JellyBean.Planning.Costs;

namespace JellyBean.Planning.Plans;

/// <summary>Whether a plan's routes carry what operators give each other, to where it is taken, over links that there are.</summary>
internal static class PlanRouteCheck
{
    public static void Check(Plan plan, PlanningProblem problem, WorkflowRates rates, List<PlanViolation> violations)
    {
        void Violated(FormattableString message) => violations.Add(new PlanViolation(PlanConstraint.Route, message.ToString(CultureInfo.InvariantCulture)));

        var routes = plan.Routes.ToLookup(r => (r.From, r.To, r.InputIndex));
        var flows = rates.Flows.ToDictionary(f => (f.From, f.To, f.InputIndex));
        foreach (var route in plan.Routes.Where(r => !flows.ContainsKey((r.From, r.To, r.InputIndex))))
        {
            Violated($"A route goes from '{route.From}' to input {route.InputIndex} of '{route.To}'; the workflow has no such flow.");
        }

        foreach (var (key, flow) in flows)
        {
            CheckFlow(plan, problem, flow, [.. routes[key]], Violated);
        }

        if (problem.Options.Routing == Routing.Proportional)
        {
            CheckProportions(plan, problem, rates, routes, Violated);
        }

        foreach (var op in problem.Workflow.Operators.Where(o => o.Inputs.Length > 0))
        {
            var into = rates.Flows.Where(f => f.To == op.Id).ToList();
            foreach (var alike in ServiceTable.TakesInputsAlike(op, problem.Options) ? into.Select(f => new List<FlowRate> { f }) : [into])
            {
                CheckTaken(plan[op.Id], alike, routes, Violated);
            }
        }
    }

    private static void CheckFlow(Plan plan, PlanningProblem problem, FlowRate flow, List<PlannedRoute> routes, Action<FormattableString> violated)
    {
        var expected = flow.BytesPerSecond(plan[flow.From].Variant);
        foreach (var twice in routes.GroupBy(r => (r.FromWorker, r.ToWorker)).Where(g => g.Count() > 1))
        {
            violated($"{twice.Count()} routes carry '{flow.From}' to input {flow.InputIndex} of '{flow.To}' from worker '{twice.Key.FromWorker}' to '{twice.Key.ToWorker}'; expected one.");
        }

        foreach (var route in routes)
        {
            if (plan[flow.From].Instances.All(i => i.Worker != route.FromWorker) || plan[flow.To].Instances.All(i => i.Worker != route.ToWorker))
            {
                violated($"A route goes from '{flow.From}' on worker '{route.FromWorker}' to '{flow.To}' on worker '{route.ToWorker}'; one of them is not there.");
                continue;
            }

            var (from, to) = (problem.Catalogue.TierOf(route.FromWorker), problem.Catalogue.TierOf(route.ToWorker));
            if (from != to && problem.Catalogue.LinkBetween(from, to) is null)
            {
                violated($"A route from '{flow.From}' to '{flow.To}' goes from worker '{route.FromWorker}' to '{route.ToWorker}', but no link goes from tier '{from}' to tier '{to}'.");
            }

            if (!problem.Options.AllowBackwardTraffic && !problem.Catalogue.IsForward(from, to))
            {
                violated($"A route from '{flow.From}' to '{flow.To}' goes back from tier '{from}' to tier '{to}'; allowed: away from the sources only.");
            }

            if (!(route.Rate >= 0))
            {
                violated($"A route from '{flow.From}' to '{flow.To}' has a rate of {route.Rate}; allowed: 0 or more.");
            }

            var bytes = flow.Rate > 0 ? route.Rate / flow.Rate * expected : route.BytesPerSecond;
            if (PlanCheck.Differs(route.BytesPerSecond, bytes))
            {
                violated($"The route from '{flow.From}' on worker '{route.FromWorker}' to '{flow.To}' on '{route.ToWorker}' carries {route.BytesPerSecond} bytes per second; its rate makes {bytes}.");
            }
        }

        if (PlanCheck.Differs(routes.Sum(r => r.BytesPerSecond), expected))
        {
            violated($"The routes from '{flow.From}' to '{flow.To}' carry {routes.Sum(r => r.BytesPerSecond)} bytes per second; the flow has {expected}.");
        }

        foreach (var sender in plan[flow.From].Instances)
        {
            var leaving = routes.Where(r => r.FromWorker == sender.Worker).ToList();
            if (leaving.Count == 0 || Unlike(leaving.Sum(r => r.Rate), sender.Share * flow.Rate, flow.Rate))
            {
                violated($"Routes to '{flow.To}' take {leaving.Sum(r => r.Rate)} elements per second from '{flow.From}' on worker '{sender.Worker}'; it gives {sender.Share * flow.Rate}.");
            }
        }
    }

    /// <summary>Every worker of an operator sends to every worker of the next in proportion to their shares; what runs with its taker stays on the worker.</summary>
    private static void CheckProportions(
        Plan plan, PlanningProblem problem, WorkflowRates rates, ILookup<(Workflows.OperatorId, Workflows.OperatorId, int), PlannedRoute> routes, Action<FormattableString> violated)
    {
        var fused = Fusion.Of(problem, rates, new ServiceTable(problem, rates));
        foreach (var flow in rates.Flows)
        {
            var isFused = fused.GetValueOrDefault(flow.From) == flow.To;
            var rateOf = routes[(flow.From, flow.To, flow.InputIndex)].GroupBy(r => (r.FromWorker, r.ToWorker)).ToDictionary(g => g.Key, g => g.Sum(r => r.Rate));
            var pairs =
                from sender in plan[flow.From].Instances
                from receiver in plan[flow.To].Instances
                let part = !isFused ? sender.Share * receiver.Share : sender.Worker == receiver.Worker ? sender.Share : 0
                where Unlike(rateOf.GetValueOrDefault((sender.Worker, receiver.Worker)), part * flow.Rate, flow.Rate)
                select (sender, receiver, part);
            foreach (var (sender, receiver, part) in pairs)
            {
                violated($"'{flow.From}' on worker '{sender.Worker}' sends {rateOf.GetValueOrDefault((sender.Worker, receiver.Worker))} elements per second to '{flow.To}' on '{receiver.Worker}'; in proportion it is {part * flow.Rate}.");
            }
        }
    }

    private static void CheckTaken(
        Placement receiver,
        List<FlowRate> flows,
        ILookup<(Workflows.OperatorId, Workflows.OperatorId, int), PlannedRoute> routes,
        Action<FormattableString> violated)
    {
        var total = flows.Sum(f => f.Rate);
        foreach (var instance in receiver.Instances)
        {
            var arriving = flows.SelectMany(f => routes[(f.From, f.To, f.InputIndex)]).Where(r => r.ToWorker == instance.Worker).ToList();
            if (arriving.Count == 0 || Unlike(arriving.Sum(r => r.Rate), instance.Share * total, total))
            {
                violated($"Routes bring {arriving.Sum(r => r.Rate)} elements per second to '{receiver.Operator}' on worker '{instance.Worker}'; its share is {instance.Share * total}.");
            }
        }
    }

    /// <summary>Differs by more than rounding of the whole flow: a small part's own rounding may be larger than the part allows.</summary>
    private static bool Unlike(double value, double expected, double whole) => !(Math.Abs(value - expected) <= PlanCheck.Tolerance * Math.Max(whole, PlanCheck.Tolerance));
}
