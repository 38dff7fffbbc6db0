using System.Globalization;
using System.Text;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Simulation;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Explanation;

/// <summary>An explanation for people.</summary>
public static class ExplanationText
{
    /// <summary>Writes an explanation.</summary>
    public static string Write(PlanExplanation explanation, Plan plan, PlanningProblem problem)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(problem);
        var text = new StringBuilder();
        WriteLatency(text, explanation, plan, problem);
        WriteVariants(text, explanation, plan);
        WriteLimits(text, explanation);
        WritePrices(text, explanation, plan);
        WriteSpares(text, explanation, plan);
        WriteFront(text, explanation, plan);
        return text.ToString();
    }

    private static void WriteLatency(StringBuilder text, PlanExplanation explanation, Plan plan, PlanningProblem problem)
    {
        text.Append("Latency, p99 from admission to result:\n");
        foreach (var (output, poisson) in plan.Outputs.Zip(explanation.Simulated.Outputs))
        {
            var asked = problem.ObjectivesOf((OutputOperator)problem.Workflow[output.Output]).P99;
            var bursts = explanation.SimulatedBursts.Outputs.First(o => o.Output == output.Output);
            text.Append(Text($"  {output.Output}: {(asked is { } most ? Text($"asked for at most {most.TotalMilliseconds:0.#} ms") : "none asked for")}, estimated {Milliseconds.Text(output.P99Ms)}; "))
                .Append(Text($"simulated {Simulated(poisson, explanation.Simulated)}, in bursts (burstiness {PlanExplainer.BurstinessOf(problem):0.#}{(PlanExplainer.BurstinessOf(problem) > problem.Options.Burstiness ? ", more than planned for" : "")}) {Simulated(bursts, explanation.SimulatedBursts)}\n"));
        }
    }

    private static string Simulated(SimulatedOutput output, SimulationResult result) =>
        output.Latency.Count == 0 ? "no result" : Text($"{output.Latency.P99Ms:0} ms{(Keeps(result) ? "" : " and growing")}");

    /// <summary>Whether machines keep up: queues that grow by more than a hundredth of what comes are no chance.</summary>
    private static bool Keeps(SimulationResult result) => result.QueueGrowthPerSecond <= 0.01 * result.AdmittedPerSecond;

    private static void WriteVariants(StringBuilder text, PlanExplanation explanation, Plan plan)
    {
        if (explanation.Variants.IsEmpty)
        {
            return;
        }

        text.Append("Why these variants:\n");
        foreach (var op in explanation.Variants.GroupBy(v => (v.Operator, v.Chosen)))
        {
            text.Append(Text($"  {op.Key.Operator}: {op.Key.Chosen}\n"));
            foreach (var other in op)
            {
                text.Append(Text($"    {other.Other}: {(other.CostPerHour is { } cost ? Compared(cost, plan) : other.Why)}\n"));
            }
        }
    }

    private static void WriteLimits(StringBuilder text, PlanExplanation explanation)
    {
        text.Append(explanation.Limits.IsEmpty ? "What binds: no machine, link or latency; whole machines are paid.\n" : "What binds:\n");
        foreach (var limit in explanation.Limits)
        {
            text.Append(Text($"  {limit.Subject}: {limit.Limit} {limit.Used:0.###} of {limit.Allowed:0.###}\n"));
        }
    }

    private static void WritePrices(StringBuilder text, PlanExplanation explanation, Plan plan)
    {
        if (explanation.Prices.IsEmpty)
        {
            return;
        }

        text.Append("What objectives cost:\n");
        foreach (var price in explanation.Prices)
        {
            var (sign, unit) = price.Objective == "p99" ? ("≤", " ms") : ("≥", "");
            text.Append(Text($"  {price.Output}: {price.Objective} {sign} {price.Instead:0.###}{unit} in place of {price.Asked:0.###}{unit}: {(price.CostPerHour is { } cost ? Compared(cost, plan) : price.IsOpen ? "no plan was found in time" : "no plan fits")}\n"));
        }
    }

    private static void WriteSpares(StringBuilder text, PlanExplanation explanation, Plan plan)
    {
        foreach (var spare in explanation.Spares)
        {
            text.Append(Text($"Without a spare in tier {spare.Tier}: {(spare.CostPerHour is { } cost ? Compared(cost, plan) : "no plan was found in time")}\n"));
        }
    }

    private static void WriteFront(StringBuilder text, PlanExplanation explanation, Plan plan)
    {
        text.Append("Front of cost, accuracy and estimated p99 (more of one only for less of another):\n");
        foreach (var point in explanation.Front)
        {
            var accuracy = point.Accuracy is { } value ? Text($"  {value,8:0.###}") : "";
            text.Append(Text($"  {Money.PerHour(point.CostPerHour, plan.Cost.Currency),14}{accuracy}  {Milliseconds.Text(point.P99Ms),10}  {string.Join(' ', point.Variants.Select(v => $"{v.Key}={v.Value}"))}\n"));
        }
    }

    private static string Compared(double cost, Plan plan)
    {
        var more = cost - plan.Cost.TotalPerHour;
        var (money, currency) = (Money.PerHour(cost, plan.Cost.Currency), plan.Cost.Currency);
        return Math.Abs(more) < 5e-5 ? $"{money}, the same" : $"{money}, {Money.PerHour(Math.Abs(more), currency)} {(more > 0 ? "more" : "less")}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
