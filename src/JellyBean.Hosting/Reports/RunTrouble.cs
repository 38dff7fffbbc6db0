using System.Globalization;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Reports;

/// <summary>Why a run that went to its end is no success all the same.</summary>
/// <remarks>
/// Bad input is isolated: elements that fail, and a source that ends early with trouble that it knows, such as a file that is cut off, leave the rest of the run as good as it was, and are told as
/// warnings. A mistake in a source is none of these, and a run of which nothing came has done nothing.
/// </remarks>
internal static class RunTrouble
{
    /// <returns>A sentence for each; empty for a run that has done what it could.</returns>
    public static IEnumerable<string> Of(RunSummary summary, string elements)
    {
        foreach (var (name, source) in summary.Sources)
        {
            if (source.Fault is { IsCrash: true } fault)
            {
                yield return Text($"Source '{name}' ended early, after {source.Offered} {elements}: {fault.Cause}. This is a mistake in the source; --verbosity debug shows where.");
            }
        }

        var sources = summary.Report.Sources;
        if (sources.Any(s => s.Offered > 0) && sources.All(s => s.Processed == 0))
        {
            yield return Text($"None of {sources.Sum(s => s.Offered)} {elements} was processed: {sources.Sum(s => s.Failed)} failed, {sources.Sum(s => s.Dropped)} were dropped.{MainCause(summary.Report)}");
        }
        else if (sources.Any(s => s.Fault is not null) && sources.All(s => s.Processed == 0))
        {
            yield return "No source could be read.";
        }
    }

    private static string MainCause(RunReport report) =>
        report.FailureCauses.MaxBy(c => c.Count) is { } main ? Text($" Most often, {main.Count} times, at {main.Operator}: {main.Cause}") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
