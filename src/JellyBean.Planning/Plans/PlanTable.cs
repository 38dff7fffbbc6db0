using System.Globalization;
using System.Text;
using JellyBean.Planning.Costs;

namespace JellyBean.Planning.Plans;

/// <summary>A plan as a table for people: what runs where, how busy machines and links are, what each costs.</summary>
public static class PlanTable
{
    // Parts of a machine, as they are shown.
    private const double Noticeable = 0.01;

    /// <summary>Draws a plan that its problem knows.</summary>
    /// <remarks>Counts and cores of operators and machines are what the plan's variants are expected to leave to do. Limits, links and cost hold for more, for the variants that leave the most: where that makes a difference, it is said.</remarks>
    public static string Draw(Plan plan, PlanningProblem problem)
    {
        var (planned, evaluation) = (new PlanEvaluation(problem, plan), new PlanEvaluation(problem.Under(plan), plan));
        var text = new StringBuilder();
        var rows = new List<string[]> { new[] { "tier", "worker", "operator", "variant", "batch", "side by side", "elements/s", "cores", "busy", Money.Unit(plan.Cost.Currency) } };
        foreach (var tier in problem.Catalogue.Tiers)
        {
            foreach (var worker in evaluation.UsedWorkers.Where(w => problem.Catalogue.TierOf(w) == tier))
            {
                var type = problem.Catalogue.TypeOf(worker);
                var emulated = type.IsEmulated ? Text($", emulated × {type.SpeedFactor:0.##}") : "";
                rows.Add([tier.Name, worker.Value, $"({type.Id}{emulated})", "", "", "", "", Text($"{evaluation.Cores(worker):0.00} of {type.Cores:0.##}"), Busy(evaluation.Cores(worker), type), Text($"{type.PricePerHour:0.0000}")]);
                foreach (var op in problem.Workflow.Operators)
                {
                    foreach (var instance in plan[op.Id].Instances.Where(i => i.Worker == worker))
                    {
                        rows.Add(["", "", op.Id.Value, plan[op.Id].Variant ?? "", plan[op.Id].Variant is null ? "" : Text($"{plan[op.Id].BatchSize}"), Text($"{instance.Parallelism}"), Text($"{evaluation.Rates.Taken(op.Id) * instance.Share:0.##}"), Text($"{evaluation.Cores(plan[op.Id], instance):0.00}"), Busy(evaluation.Cores(plan[op.Id], instance), type), ""]);
                    }
                }
            }
        }

        Align(text, rows);
        var more = evaluation.UsedWorkers.Where(w => planned.Cores(w) - evaluation.Cores(w) > Noticeable * problem.Catalogue.TypeOf(w).Cores).Select(w => $"{w} {Busy(planned.Cores(w), problem.Catalogue.TypeOf(w))}").ToList();
        if (more.Count > 0)
        {
            text.Append(Text($"allowed for, as other variants leave more to do: {string.Join(", ", more)}\n"));
        }

        foreach (var link in problem.Catalogue.Links)
        {
            var bytes = evaluation.BytesPerSecond(link.From, link.To);
            if (bytes == 0)
            {
                continue;
            }

            text.Append(Text($"link {link.From} -> {link.To}: {bytes / 1e6:0.###} MB/s ({bytes / link.BytesPerSecond:0.#%} of its bandwidth), {Money.PerHour(ServiceTable.NetworkPerHour(bytes, link), plan.Cost.Currency)}\n"));
        }

        foreach (var output in plan.Outputs)
        {
            var accuracy = output.Metric is null ? "" : Text($", {output.Metric} {output.Accuracy:0.###}");
            text.Append(Text($"output {output.Output}: {evaluation.Rates.Taken(output.Output):0.##} results/s, p99 {Milliseconds.AtMost(output.P99Ms)}{accuracy}\n"));
        }

        if (!plan.Standby.IsEmpty)
        {
            text.Append(Text($"standing by, paid: {string.Join(", ", plan.Standby)}\n"));
        }

        foreach (var fallback in plan.Fallbacks)
        {
            var rest = new PlanEvaluation(problem, plan with { Sources = fallback.Sources, Placements = fallback.Placements, Routes = fallback.Routes, Standby = [] });
            var busiest = rest.UsedWorkers.MaxBy(w => rest.Cores(w) / problem.Catalogue.TypeOf(w).Cores);
            text.Append(Text($"without {fallback.Without}: the rest carries everything, {busiest} the busiest with {Busy(rest.Cores(busiest), problem.Catalogue.TypeOf(busiest))}\n"));
        }

        text.Append(Text($"cost: {plan.Cost.ComputePerHour:0.0000} machines + {plan.Cost.NetworkPerHour:0.0000} network = {Money.PerHour(plan.Cost.TotalPerHour, plan.Cost.Currency)}\n"));
        return text.ToString();
    }

    private static string Busy(double cores, Infrastructure.WorkerType type) => Text($"{100 * cores / type.Cores:0} %");

    private static void Align(StringBuilder text, List<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, c) => c >= 4 ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
