using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Simulation;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Explanation;

/// <summary>An explanation for people.</summary>
public static class ExplanationText
{
    /// <summary>The sections of an explanation, in the order in which they are read. Each is found when it is called, so that those before can be shown meanwhile.</summary>
    /// <param name="problem">What was asked.</param>
    /// <param name="plan">The plan that was found for it.</param>
    /// <param name="solve">Finds plans.</param>
    /// <returns>Of whole lines; empty where there is nothing to say.</returns>
    public static ImmutableArray<Func<string>> Sections(PlanningProblem problem, Plan plan, Func<PlanningProblem, PlanningResult> solve)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(solve);
        return
        [
            () => Latency(PlanExplainer.Simulated(problem, plan), PlanExplainer.SimulatedBursts(problem, plan), plan, problem),
            () => Variants(PlanExplainer.Variants(problem, plan, solve), plan),
            () => Limits(PlanExplainer.Limits(problem, plan)),
            () => Prices(PlanExplainer.Prices(problem, plan, solve), plan),
            () => string.Concat(PlanExplainer.Spares(problem, solve).Select(s => Text($"Without a spare in tier {s.Tier}: {(s.CostPerHour is { } cost ? Compared(cost, plan) : "no plan was found in time")}\n"))),
            () => Front(PlanExplainer.Front(problem, plan, solve), plan),
        ];
    }

    private static string Latency(SimulationResult even, SimulationResult uneven, Plan plan, PlanningProblem problem)
    {
        var text = new StringBuilder("Latency, p99 from admission to result; at most is the plan's bound, simulated is what to expect:\n");
        foreach (var (output, poisson) in plan.Outputs.Zip(even.Outputs))
        {
            var asked = problem.ObjectivesOf((OutputOperator)problem.Workflow[output.Output]).P99;
            var bursts = uneven.Outputs.First(o => o.Output == output.Output);
            text.Append(Text($"  {output.Output}: {Milliseconds.AtMost(output.P99Ms)}, {(asked is { } most ? Text($"{most.TotalMilliseconds:0.#} ms asked for") : "none asked for")}; "))
                .Append(Text($"simulated {Simulated(poisson, even)}, in bursts (burstiness {PlanExplainer.BurstinessOf(problem):0.#}{(PlanExplainer.BurstinessOf(problem) > problem.Options.Burstiness ? ", more than planned for" : "")}) {Simulated(bursts, uneven)}\n"));
        }

        return text.ToString();
    }

    private static string Simulated(SimulatedOutput output, SimulationResult result) =>
        output.Latency.Count == 0 ? "no result" : Text($"{output.Latency.P99Ms:0} ms{(Keeps(result) ? "" : " and growing")}");

    /// <summary>Whether machines keep up: queues that grow by more than a hundredth of what comes are no chance.</summary>
    private static bool Keeps(SimulationResult result) => result.QueueGrowthPerSecond <= 0.01 * result.AdmittedPerSecond;

    private static string Variants(ImmutableArray<VariantReason> variants, Plan plan)
    {
        var text = new StringBuilder(variants.IsEmpty ? "" : "Why these variants:\n");
        foreach (var op in variants.GroupBy(v => (v.Operator, v.Chosen)))
        {
            text.Append(Text($"  {op.Key.Operator}: {op.Key.Chosen}\n"));
            foreach (var other in op)
            {
                text.Append(Text($"    {other.Other}: {(other.CostPerHour is { } cost ? Compared(cost, plan) : other.Why)}\n"));
            }
        }

        return text.ToString();
    }

    private static string Limits(ImmutableArray<BindingLimit> limits) =>
        (limits.IsEmpty ? "What binds: no machine, link or latency; whole machines are paid.\n" : "What binds:\n")
        + string.Concat(limits.Select(l => Text($"  {l.Subject}: {l.Limit} {l.Used:0.###} of {l.Allowed:0.###}\n")));

    private static string Prices(ImmutableArray<ObjectivePrice> prices, Plan plan)
    {
        var text = new StringBuilder(prices.IsEmpty ? "" : "What objectives cost:\n");
        foreach (var price in prices)
        {
            var (sign, unit) = price.Objective == "p99" ? ("≤", " ms") : ("≥", "");
            text.Append(Text($"  {price.Output}: {price.Objective} {sign} {price.Instead:0.###}{unit} in place of {price.Asked:0.###}{unit}: {(price.CostPerHour is { } cost ? Compared(cost, plan) : price.IsOpen ? "no plan was found in time" : "no plan fits")}\n"));
        }

        return text.ToString();
    }

    private static string Front(ImmutableArray<FrontPoint> front, Plan plan)
    {
        // What differs by less than is shown is one line.
        var lines = front.Select(point =>
        {
            var accuracy = point.Accuracy is { } value ? Text($"  {value,8:0.###}") : "";
            return Text($"  {Money.PerHour(point.CostPerHour, plan.Cost.Currency),14}{accuracy}  {Milliseconds.AtMost(point.P99Ms),16}  {string.Join(' ', point.Variants.Select(v => $"{v.Key}={v.Value}"))}\n");
        }).Distinct();
        return $"Front of cost, accuracy and p99 (more of one only for less of another):\n{string.Concat(lines)}";
    }

    private static string Compared(double cost, Plan plan)
    {
        var more = cost - plan.Cost.TotalPerHour;
        var (money, currency) = (Money.PerHour(cost, plan.Cost.Currency), plan.Cost.Currency);
        return Math.Abs(more) < 5e-5 ? $"{money}, the same" : $"{money}, {Money.PerHour(Math.Abs(more), currency)} {(more > 0 ? "more" : "less")}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
