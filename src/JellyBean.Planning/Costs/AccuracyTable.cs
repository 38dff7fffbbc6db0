using System.Collections.Immutable;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>The measured accuracies that count for an output's metric.</summary>
/// <remarks>
/// A row counts if its operators lie on the way to the output. Of the rows that an assignment of variants meets, those that a more specific one overrules fall away; the least of the
/// rest is the assignment's accuracy. An assignment that meets no row has none: nothing is read between rows, and nothing is taken to grow with the variants.
/// </remarks>
public sealed class AccuracyTable
{
    private AccuracyTable(ImmutableArray<AccuracyRow> rows) => Rows = rows;

    /// <summary>The rows that count, highest value first.</summary>
    public ImmutableArray<AccuracyRow> Rows { get; }

    /// <summary>The rows that count for an output.</summary>
    public static AccuracyTable Of(PlanningProblem problem, OperatorId output, string metric)
    {
        var upstream = Upstream(problem.Workflow, output);
        return new AccuracyTable([.. problem.Profile.Accuracies
            .Where(r => r.Metric == metric && (problem.Options.AllowEstimated || !r.IsEstimated) && r.Variants.All(v => upstream.Contains(v.Operator)))
            .OrderByDescending(r => r.Value).ThenBy(Describe, StringComparer.Ordinal)]);
    }

    /// <summary>Whether a row is for a part of what another is for.</summary>
    public static bool IsMoreSpecific(AccuracyRow row, AccuracyRow than) =>
        row.Variants.Length > than.Variants.Length && than.Variants.All(v => row.Variants.Contains(v));

    /// <summary>A row's variants, as in <c>detector=nanodet-352, embedder=stripes-6</c>.</summary>
    public static string Describe(AccuracyRow row) => string.Join(", ", row.Variants.OrderBy(v => v.Operator).Select(v => $"{v.Operator}={v.Variant}"));

    /// <summary>The accuracy of an assignment; null where it was not measured.</summary>
    /// <param name="variantOf">The variant of an operator.</param>
    public double? ValueOf(Func<OperatorId, string?> variantOf)
    {
        var met = Rows.Where(r => r.Variants.All(v => variantOf(v.Operator) == v.Variant)).ToList();
        var counting = met.Where(r => !met.Any(o => IsMoreSpecific(o, r))).ToList();
        return counting.Count == 0 ? null : counting.Min(r => r.Value);
    }

    private static HashSet<OperatorId> Upstream(Workflow workflow, OperatorId output)
    {
        var found = new HashSet<OperatorId> { output };
        foreach (Operator op in workflow.Operators.Reverse().Where(o => found.Contains(o.Id)))
        {
            found.UnionWith(op.Inputs);
        }

        return found;
    }
}
