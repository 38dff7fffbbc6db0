using System.Globalization;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;

namespace JellyBean.Hosting.Clusters;

/// <summary>Commands and decisions for people.</summary>
internal static class CommandText
{
    public static void Write(CommandOutcome outcome, TextWriter writer)
    {
        writer.WriteLine($"{outcome.Command}: {Verdict(outcome.Status)}. {outcome.Message}");
        foreach (var change in outcome.Changes)
        {
            writer.WriteLine($"  {change}");
        }

        foreach (var shortfall in outcome.Shortfalls)
        {
            writer.WriteLine(shortfall);
        }

        if (Cost(outcome.CostBefore, outcome.CostAfter, outcome.Currency) is { Length: > 0 } cost)
        {
            writer.WriteLine($"cost: {cost}{string.Concat(outcome.Outputs.Where(o => o.Metric is not null || o.P99AfterMs is not null).Select(o => $"; {Of(o)}"))}");
        }

        if (outcome.Warning is { } warning)
        {
            writer.WriteLine($"warning: {warning}");
        }
    }

    public static void Write(IReadOnlyCollection<Decision> decisions, TextWriter writer)
    {
        if (decisions.Count == 0)
        {
            writer.WriteLine("Nothing was decided since this node coordinates.");
        }

        foreach (var decision in decisions)
        {
            var epochs = decision.EpochBefore == decision.EpochAfter ? $"epoch {decision.EpochBefore}" : $"epoch {decision.EpochBefore} → {decision.EpochAfter}";
            writer.WriteLine(Text($"{decision.Number}. {decision.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {decision.Trigger}"));
            writer.WriteLine($"   {epochs}: {decision.Result}");
            if (Cost(decision.CostBefore, decision.CostAfter, decision.Currency) is { Length: > 0 } cost)
            {
                writer.WriteLine($"   cost: {cost}");
            }

            Line("weighed", decision.Candidates.Select(c => $"{c.Name}{(c.CostPerHour is { } price ? $" at {Money.PerHour(price, decision.Currency)}" : "")}: {c.Verdict}"));
            Line("took", decision.Steps.Select(s => Text($"{s.Name} {s.Duration.TotalSeconds:0.00} s")));
            Line("measured", decision.Measurements.Select(m => Text($"{m.Name} {m.Value:0.##} {m.Unit}")));
            if (decision.ElementsHeld is { } held)
            {
                writer.WriteLine(Text($"   held: {held} elements"));
            }
        }

        void Line(string what, IEnumerable<string> parts)
        {
            if (string.Join(", ", parts) is { Length: > 0 } text)
            {
                writer.WriteLine($"   {what}: {text}");
            }
        }
    }

    public static int CodeOf(CommandStatus status) => status switch
    {
        CommandStatus.Refused => ExitCodes.BadInput,
        CommandStatus.NoPlan => ExitCodes.NoPlan,
        CommandStatus.NotPossible => ExitCodes.Failed,
        _ => ExitCodes.Ok,
    };

    private static string Verdict(CommandStatus status) => status switch
    {
        CommandStatus.Done => "done",
        CommandStatus.Unchanged => "nothing to do",
        CommandStatus.Planned => "only planned",
        CommandStatus.Refused => "refused",
        _ => "not possible",
    };

    private static string Cost(double? before, double? after, string currency) => (before, after) switch
    {
        ({ } b, { } a) => $"{Money.PerHour(b, currency)} → {Money.PerHour(a, currency)}",
        (null, { } a) => Money.PerHour(a, currency),
        _ => "",
    };

    /// <summary>What is asked for of it comes first, then how late it is at most.</summary>
    private static string Of(OutputChange output)
    {
        var accuracy = output.Metric is { } metric ? $"{metric} {Change(output.AccuracyBefore, output.AccuracyAfter, v => Text($"{v:0.###}"))}" : null;
        var p99 = output.P99AfterMs is null ? null : $"p99 {(double.IsFinite(output.P99AfterMs.Value) ? "at most " : "")}{Change(output.P99BeforeMs, output.P99AfterMs, Milliseconds.Text)}";
        return $"{output.Output}: {string.Join(", ", new[] { accuracy, p99 }.OfType<string>())}";
    }

    private static string Change(double? before, double? after, Func<double, string> text) =>
        before is { } b ? $"{text(b)} → {(after is { } a ? text(a) : "not measured")}" : after is { } only ? text(only) : "not measured";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
