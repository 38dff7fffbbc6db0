using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Commands;

/// <summary>What an output is expected to give before and after a command, or would.</summary>
/// <param name="Output">The output.</param>
/// <param name="Metric">The metric that its objective names; null where it names none.</param>
/// <param name="AccuracyBefore">The metric's measured value for the variants before; null where it names none.</param>
/// <param name="AccuracyAfter">The same for those after it.</param>
/// <param name="P99BeforeMs">What the p99 before is at most, milliseconds; infinity where it has no bound, null where none was worked out, as of variants that change in place.</param>
/// <param name="P99AfterMs">The same after it.</param>
public sealed record OutputChange(OperatorId Output, string? Metric, double? AccuracyBefore, double? AccuracyAfter, double? P99BeforeMs, double? P99AfterMs)
{
    /// <summary>From one plan to another, by output.</summary>
    internal static ImmutableArray<OutputChange> Between(Plan before, Plan after)
    {
        var then = before.Outputs.ToDictionary(o => o.Output);
        return [.. after.Outputs.Select(a => then.GetValueOrDefault(a.Output) is { } b
            ? new OutputChange(a.Output, a.Metric ?? b.Metric, b.Metric == a.Metric ? b.Accuracy : null, a.Accuracy, b.P99Ms, a.P99Ms)
            : new OutputChange(a.Output, a.Metric, null, a.Accuracy, null, a.P99Ms))];
    }
}
