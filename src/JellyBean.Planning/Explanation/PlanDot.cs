using System.Globalization;
using System.Text;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning.Explanation;

/// <summary>A plan as a graph in the DOT language: a cluster for each worker, a node for each operator on it, an edge for each route.</summary>
public static class PlanDot
{
    /// <summary>Writes a plan that its problem knows.</summary>
    public static string Write(Plan plan, PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(problem);
        var evaluation = new PlanEvaluation(problem, plan);
        var text = new StringBuilder();
        text.Append(Text($"digraph {Quoted(plan.Workflow)} {{\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10];\n  edge [fontname=\"sans-serif\", fontsize=9];\n"));
        text.Append(Text($"  label={Quoted($"{plan.Workflow}: {Money.PerHour(plan.Cost.TotalPerHour, plan.Cost.Currency)}")};\n"));
        foreach (var worker in evaluation.UsedWorkers)
        {
            var type = problem.Catalogue.TypeOf(worker);
            text.Append(Text($"  subgraph {Quoted($"cluster {worker}")} {{\n"));
            text.Append(Text($"    label={Quoted($"{type.Tier} · {worker} · {evaluation.Cores(worker) / type.Cores:0%} busy · {Money.PerHour(type.PricePerHour, plan.Cost.Currency)}")};\n"));
            foreach (var op in problem.Workflow.Operators.Where(o => plan[o.Id].Instances.Any(i => i.Worker == worker)))
            {
                text.Append(Text($"    {Node(op.Id, worker)} [label={Quoted(PlanWords.Describe(plan[op.Id], "\n"))}];\n"));
            }

            text.Append("  }\n");
        }

        foreach (var route in plan.Routes)
        {
            var crosses = problem.Catalogue.TierOf(route.FromWorker) != problem.Catalogue.TierOf(route.ToWorker);
            text.Append(Text($"  {Node(route.From, route.FromWorker)} -> {Node(route.To, route.ToWorker)} [label={Quoted(PlanWords.Describe(route, crosses))}{(crosses ? ", penwidth=2" : "")}];\n"));
        }

        return text.Append("}\n").ToString();
    }

    private static string Node(OperatorId op, WorkerId worker) => Quoted($"{op} {worker}");

    private static string Quoted(FormattableString text) => Quoted(Text(text));

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
