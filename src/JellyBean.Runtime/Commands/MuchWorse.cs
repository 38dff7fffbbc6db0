using System.Globalization;

namespace JellyBean.Runtime.Commands;

/// <summary>What a command makes so much worse that whoever gave it should know: what it costs, how accurate it is, how late results are.</summary>
internal static class MuchWorse
{
    // Less is what catalogues, rates and batches do from plan to plan.
    private const double Dearer = 1.5;
    private const double LessAccurate = 0.9;
    private const double Later = 2;

    /// <summary>One line; null where nothing is.</summary>
    public static string? Of(CommandOutcome outcome)
    {
        var isDone = outcome.Status is not CommandStatus.Planned;
        var parts = new[] { Cost(outcome, isDone ? "costs" : "would cost") }
            .Concat(outcome.Outputs.SelectMany(o => new[] { Accuracy(o, isDone ? "is" : "would be"), P99(o, isDone ? "is" : "would be") }))
            .OfType<string>().ToList();
        return parts.Count == 0 ? null : $"{char.ToUpperInvariant(parts[0][0])}{string.Join("; ", parts)[1..]}.";
    }

    private static string? Cost(CommandOutcome outcome, string costs) => (outcome.CostBefore, outcome.CostAfter) switch
    {
        (0, > 0) => $"it {costs} something, where it cost nothing",
        ({ } before, { } after) when after >= before * Dearer && after > before => Text($"it {costs} {after / before:0.0} times as much as before"),
        _ => null,
    };

    private static string? Accuracy(OutputChange output, string value) =>
        output is { AccuracyBefore: { } before, AccuracyAfter: { } after } && after < before * LessAccurate ? Text($"{output.Metric} of '{output.Output}' {value} {after:0.###} instead of {before:0.###}") : null;

    private static string? P99(OutputChange output, string may) => output switch
    {
        { P99BeforeMs: { } before, P99AfterMs: double.PositiveInfinity } when double.IsFinite(before) => Text($"the p99 of '{output.Output}' {may} without bound"),
        { P99BeforeMs: > 0 and var before, P99AfterMs: { } after } when after >= before * Later => Text($"the p99 of '{output.Output}' {may} up to {after / before:0.0} times as long"),
        _ => null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
