using System.Globalization;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Replanning;

/// <summary>A plan that was made for other rates, times or prices, as it stands now.</summary>
/// <remarks>What machines do is worked out anew; what links carry is the plan's own, in proportion to what arrives.</remarks>
internal sealed class PlanNow
{
    // Plans are made to keep limits exactly: what is measured is never that exact.
    private const double Tolerance = 1.02;

    private readonly List<string> _problems = [];

    public PlanNow(PlanningProblem problem, Plan plan)
    {
        var there = problem.Catalogue.Workers.Select(w => w.Id).ToHashSet();
        var gone = plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Concat(plan.Sources.Select(s => s.Worker)).Where(w => !there.Contains(w)).Distinct().Order().ToList();
        if (gone.Count > 0)
        {
            _problems.Add($"Its machines {string.Join(", ", gone)} are not there any more.");
            Cost = plan.Cost;
            return;
        }

        var planned = plan.Sources.Sum(s => s.Rate);
        var factor = planned > 0 ? problem.Sources.Sum(s => s.Rate) / planned : 1;
        var evaluation = new PlanEvaluation(problem, plan with { Routes = [.. plan.Routes.Select(r => r with { Rate = r.Rate * factor, BytesPerSecond = r.BytesPerSecond * factor })] });
        Cost = evaluation.Cost();
        Check(problem, evaluation);
    }

    public PlanCost Cost { get; }

    /// <summary>Why it does not hold; empty if it does.</summary>
    public IReadOnlyList<string> Problems => _problems;

    private void Check(PlanningProblem problem, PlanEvaluation evaluation)
    {
        void Violated(FormattableString text) => _problems.Add(text.ToString(CultureInfo.InvariantCulture));
        var cap = problem.Options.UtilisationCap;
        foreach (var worker in evaluation.Workers().Where(w => w.Utilisation > cap * Tolerance))
        {
            Violated($"Worker '{worker.Worker}' would be {worker.Utilisation:0 %} busy; at most {cap:0 %} is allowed.");
        }

        foreach (var link in problem.Catalogue.Links.Where(l => evaluation.BytesPerSecond(l.From, l.To) > l.BytesPerSecond * Tolerance))
        {
            Violated($"The link from {link.From} to {link.To} would carry {evaluation.BytesPerSecond(link.From, link.To):0} bytes per second; it has {link.BytesPerSecond:0}.");
        }

        var outputs = problem.Workflow.Operators.OfType<OutputOperator>().ToDictionary(o => o.Id);
        if (_problems.Count > 0 || outputs.Values.All(o => problem.ObjectivesOf(o).P99 is null))
        {
            return;
        }

        foreach (var output in evaluation.Outputs())
        {
            if (problem.ObjectivesOf(outputs[output.Output]).P99 is { } most && output.P99Ms > most.TotalMilliseconds * Tolerance)
            {
                Violated($"Output '{output.Output}' would have a p99 of up to {output.P99Ms:0} ms; {most.TotalMilliseconds:0} are asked for.");
            }
        }
    }
}
