using System.Globalization;
using System.Net;
using System.Text;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Explanation;

/// <summary>A plan as a picture: a column for each tier, a box for each worker, in it its operators; routes between workers as curves.</summary>
public static class PlanSvg
{
    private const int Left = 20;
    private const int Top = 60;
    private const int BoxWidth = 300;
    private const int BetweenColumns = 190;
    private const int Line = 30;
    private const int Head = 28;

    /// <summary>Draws a plan that its problem knows.</summary>
    public static string Draw(Plan plan, PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(problem);
        var evaluation = new PlanEvaluation(problem, plan);
        var tiers = problem.Catalogue.Tiers.Where(t => evaluation.UsedWorkers.Any(w => problem.Catalogue.TierOf(w) == t)).ToList();
        var places = new Dictionary<(OperatorId, WorkerId), (int X, int Y)>();
        var boxes = new StringBuilder();
        var height = Top;
        for (var column = 0; column < tiers.Count; column++)
        {
            var (x, y) = (Left + (column * (BoxWidth + BetweenColumns)), Top);
            boxes.Append(Text($"<text class=\"tier\" x=\"{x}\" y=\"{Top - 10}\">{Escaped(tiers[column].Name)}</text>\n"));
            foreach (var worker in evaluation.UsedWorkers.Where(w => problem.Catalogue.TierOf(w) == tiers[column]))
            {
                y += DrawWorker(boxes, plan, problem, evaluation, worker, (x, y), places) + 16;
            }

            height = Math.Max(height, y);
        }

        var width = Left + (tiers.Count * (BoxWidth + BetweenColumns));
        var text = new StringBuilder(Text($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height + Left}\" font-family=\"sans-serif\" font-size=\"12\">\n"));
        text.Append("<style>.tier{font-weight:bold}.worker{fill:#f4f6f8;stroke:#8899aa}.operator{fill:#fff;stroke:#5577aa}.route{fill:none;stroke:#99aabb}.link{fill:none;stroke:#cc6633;stroke-width:2}.small{font-size:10px;fill:#884422}</style>\n");
        text.Append(Text($"<text x=\"{Left}\" y=\"24\" font-size=\"15\">{Escaped(Text($"{plan.Workflow} on {problem.Catalogue.Name}: {Money.PerHour(plan.Cost.TotalPerHour, plan.Cost.Currency)}"))}</text>\n"));
        text.Append(boxes);
        foreach (var route in plan.Routes.Where(r => r.Rate > 0))
        {
            DrawRoute(text, route, places[(route.From, route.FromWorker)], places[(route.To, route.ToWorker)], problem.Catalogue.TierOf(route.FromWorker) != problem.Catalogue.TierOf(route.ToWorker));
        }

        return text.Append("</svg>\n").ToString();
    }

    private static int DrawWorker(
        StringBuilder text, Plan plan, PlanningProblem problem, PlanEvaluation evaluation, WorkerId worker, (int X, int Y) at, Dictionary<(OperatorId, WorkerId), (int X, int Y)> places)
    {
        var here = problem.Workflow.Operators.Where(o => plan[o.Id].Instances.Any(i => i.Worker == worker)).ToList();
        var height = Head + (here.Count * Line) + 6;
        var type = problem.Catalogue.TypeOf(worker);
        text.Append(Text($"<rect class=\"worker\" x=\"{at.X}\" y=\"{at.Y}\" width=\"{BoxWidth}\" height=\"{height}\" rx=\"6\"/>\n"));
        text.Append(Text($"<text x=\"{at.X + 8}\" y=\"{at.Y + 18}\">{Escaped(Text($"{worker}, {evaluation.Cores(worker) / type.Cores:0%} busy, {Money.PerHour(type.PricePerHour, plan.Cost.Currency)}"))}</text>\n"));
        for (var i = 0; i < here.Count; i++)
        {
            DrawOperator(text, plan[here[i].Id], here[i], (at.X + 10, at.Y + Head + (i * Line)));
            places[(here[i].Id, worker)] = (at.X + 10, at.Y + Head + (i * Line) + 12);
        }

        return height;
    }

    private static void DrawOperator(StringBuilder text, Placement placement, Operator op, (int X, int Y) at)
    {
        text.Append(Text($"<rect class=\"operator\" x=\"{at.X}\" y=\"{at.Y}\" width=\"{BoxWidth - 20}\" height=\"24\" rx=\"{(op is InferOperator ? 2 : 12)}\"/>\n"));
        text.Append(Text($"<text x=\"{at.X + 8}\" y=\"{at.Y + 16}\">{Escaped(PlanWords.Describe(placement, ": "))}</text>\n"));
    }

    private static void DrawRoute(StringBuilder text, PlannedRoute route, (int X, int Y) from, (int X, int Y) to, bool crosses)
    {
        const int Inner = BoxWidth - 20;
        var (x1, x2) = (from.X + Inner, from.X < to.X ? to.X : to.X + Inner);
        var bend = from.X < to.X ? (x1 + x2) / 2 : Math.Max(x1, x2) + 20 + (Math.Abs(from.Y - to.Y) / 8);
        text.Append(Text($"<path class=\"{(crosses ? "link" : "route")}\" d=\"M{x1} {from.Y} C{bend} {from.Y} {bend} {to.Y} {x2} {to.Y}\"/>\n"));
        if (crosses)
        {
            text.Append(Text($"<text class=\"small\" text-anchor=\"middle\" x=\"{(x1 + x2) / 2}\" y=\"{((from.Y + to.Y) / 2) - 4}\">{Escaped(PlanWords.Describe(route, withBytes: true))}</text>\n"));
        }
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
