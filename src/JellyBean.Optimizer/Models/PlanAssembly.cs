using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Models;

/// <summary>Makes a plan of a solution: rounds away the solver's dust, lays routes between workers, works out cost and predictions.</summary>
internal static class PlanAssembly
{
    /// <summary>Parts of a whole below this are the solver's dust.</summary>
    private const double Dust = 1e-7;

    public static Plan Assemble(PlanningProblem problem, Solution solution)
    {
        var draft = Draft(solution);
        var evaluation = new PlanEvaluation(problem, draft);
        return draft with { Cost = evaluation.Cost(), Outputs = evaluation.Outputs(), Workers = evaluation.Workers() };
    }

    /// <summary>The plan without its cost and predictions.</summary>
    public static Plan Draft(Solution solution)
    {
        var (layout, problem) = (solution.Layout, solution.Layout.Problem);
        var shares = layout.Operators.ToDictionary(o => o.Id, o => SharesOf(solution, o.Id));
        var busy = shares.Values.SelectMany(s => s.Keys).Concat(solution.Sources.Values).ToHashSet();
        return new Plan
        {
            Workflow = problem.Workflow.Name,
            WorkflowFingerprint = problem.Workflow.Fingerprint,
            Sources = [.. layout.Sources.Select(s => new PlannedSource { Source = s.Source, Input = s.Input, Rate = s.Rate, Worker = solution.Sources[s.Source] })],
            Placements = [.. layout.Operators.OrderBy(o => o.Id).Select(o => PlacementOf(solution, o.Id, shares[o.Id]))],
            Routes = Routes(solution, shares),
            Standby = [.. solution.Paid.Where(w => !busy.Contains(w)).Order()],
            Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
        };
    }

    /// <summary>The plan for a problem that asks for latencies: what is on the way runs on as many cores as it can.</summary>
    public static Plan Widen(PlanningProblem problem, Layout layout, Plan plan)
    {
        var wide = plan with
        {
            Placements = [.. plan.Placements.Select(p => !layout.IsWide(p.Operator) ? p : p with
            {
                Instances = [.. p.Instances.Select(i => i with { Parallelism = ServiceTable.MostParallel(problem.Workflow[p.Operator], layout.Types[i.Worker]) })],
            })],
        };
        var evaluation = new PlanEvaluation(problem, wide);
        return wide with { Outputs = evaluation.Outputs(), Workers = evaluation.Workers() };
    }

    private static SortedDictionary<WorkerId, double> SharesOf(Solution solution, OperatorId op)
    {
        var kept = solution.Layout.WorkersOf(op).Select(w => (w.Id, Share: solution.Shares[(op, w.Id)])).Where(s => s.Share > Dust).ToList();
        var total = kept.Sum(s => s.Share);
        return new SortedDictionary<WorkerId, double>(kept.ToDictionary(s => s.Id, s => s.Share / total));
    }

    private static Placement PlacementOf(Solution solution, OperatorId op, SortedDictionary<WorkerId, double> shares)
    {
        var layout = solution.Layout;
        var way = solution.Ways[op];
        var node = layout.Problem.Workflow[op];
        return new Placement
        {
            Operator = op,
            Variant = way.Variant,
            BatchSize = way.BatchSize,
            Instances = [.. shares.Select(s => new Instance
            {
                Worker = s.Key,
                Share = s.Value,
                Parallelism = layout.IsWide(op) ? ServiceTable.MostParallel(node, layout.Types[s.Key]) : Math.Clamp(
                    (int)Math.Ceiling(layout.Services.Cores(node, way, layout.Types[s.Key])!.Value * s.Value / layout.Cap * (1 - Dust)), 1, ServiceTable.MostParallel(node, layout.Types[s.Key])),
            })],
        };
    }

    /// <summary>Divides each flow between tiers among the workers there: what can stay on a worker stays, the rest goes in the order of ids.</summary>
    private static ImmutableArray<PlannedRoute> Routes(Solution solution, Dictionary<OperatorId, SortedDictionary<WorkerId, double>> shares)
    {
        var layout = solution.Layout;
        var flows = layout.Rates.Flows;
        var routes = new List<PlannedRoute>();
        var wanted = layout.Operators.ToDictionary(
            o => o.Id, o => shares[o.Id].ToDictionary(s => s.Key, s => s.Value * flows.Where(f => f.To == o.Id).Sum(layout.Weight)));
        for (var i = 0; i < flows.Length; i++)
        {
            var (flow, weight) = (flows[i], layout.Weight(flows[i]));
            var supply = shares[flow.From].ToDictionary(s => s.Key, s => s.Value * weight);
            if (layout.Problem.Options.Routing == Routing.Proportional && layout.Fused.GetValueOrDefault(flow.From) != flow.To)
            {
                routes.AddRange(
                    from sender in shares[flow.From]
                    from receiver in shares[flow.To]
                    select Route(solution, flow, sender.Key, receiver.Key, sender.Value * receiver.Value));
                continue;
            }

            var demand = layout.TakesInputsAlike(layout.Problem.Workflow[flow.To])
                ? shares[flow.To].ToDictionary(s => s.Key, s => s.Value * weight)
                : wanted[flow.To];
            var between = solution.Flows.Where(f => f.Key.Flow == i).GroupBy(f => (f.Key.From, f.Key.To)).ToDictionary(g => g.Key, g => g.Sum(f => f.Value) * weight);
            var sent = new Dictionary<(WorkerId Sender, WorkerId Receiver), double>();
            foreach (var worker in supply.Keys.Where(demand.ContainsKey).Order().ToList())
            {
                Send(worker, worker);
            }

            foreach (var tiers in between.Keys.OrderBy(t => t.From.Name, StringComparer.Ordinal).ThenBy(t => t.To.Name, StringComparer.Ordinal).ToList())
            {
                var receivers = new Queue<WorkerId>(demand.Keys.Where(w => layout.TierOf(w) == tiers.To).Order());
                foreach (var sender in supply.Keys.Where(w => layout.TierOf(w) == tiers.From).Order().ToList())
                {
                    while (receivers.TryPeek(out var receiver) && supply[sender] > Dust * weight && between[tiers] > Dust * weight)
                    {
                        Send(sender, receiver);
                        if (demand[receiver] <= Dust * weight)
                        {
                            receivers.Dequeue();
                        }
                        else if (supply[sender] > Dust * weight)
                        {
                            break;
                        }
                    }
                }
            }

            void Send(WorkerId sender, WorkerId receiver)
            {
                var tiers = (From: layout.TierOf(sender), To: layout.TierOf(receiver));
                var part = Math.Min(Math.Min(supply[sender], demand[receiver]), between.GetValueOrDefault(tiers));
                if (part <= Dust * weight)
                {
                    return;
                }

                supply[sender] -= part;
                demand[receiver] -= part;
                between[tiers] -= part;
                sent[(sender, receiver)] = sent.GetValueOrDefault((sender, receiver)) + part;
            }

            routes.AddRange(sent.Select(s => Route(solution, flow, s.Key.Sender, s.Key.Receiver, s.Value / weight)));
        }

        return [.. routes.OrderBy(r => r.From).ThenBy(r => r.To).ThenBy(r => r.InputIndex).ThenBy(r => r.FromWorker).ThenBy(r => r.ToWorker)];
    }

    private static PlannedRoute Route(Solution solution, FlowRate flow, WorkerId sender, WorkerId receiver, double part) => new()
    {
        From = flow.From,
        To = flow.To,
        InputIndex = flow.InputIndex,
        FromWorker = sender,
        ToWorker = receiver,
        Rate = part * flow.Rate,
        BytesPerSecond = part * flow.BytesPerSecond(solution.Ways[flow.From].Variant),
    };
}
