using System.Globalization;
using System.Text.Json.Nodes;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows.Graph;

namespace JellyBean.Hosting.Reports;

/// <summary>Where the accuracies that a plan relies on come from. They are believed without being measured again, so it is said whose they are.</summary>
internal static class AccuracyOrigins
{
    /// <summary>Keys of sources that say how they are read, not what they show.</summary>
    private static readonly string[] HowRead = ["node", "overload", "rate", "site"];

    /// <summary>A line for each place; none where no output asks for accuracy, or nothing was measured of what it asks for.</summary>
    /// <param name="problem">What was planned.</param>
    /// <param name="plan">What came of it; null where no plan fits, or where there are several.</param>
    /// <param name="sources">What it is planned for.</param>
    public static IEnumerable<string> Lines(PlanningProblem problem, Plan? plan, IReadOnlyCollection<SourceConfiguration> sources) =>
        Of(problem, plan).GroupBy(r => (r.Origin, r.Provenance)).Select(place =>
            $"Accuracy: {string.Join(", ", place.Select(r => Named(r, plan)).Distinct(StringComparer.Ordinal))} from {place.Key.Origin ?? "the profile"} ({Short(place.Key.Provenance)}){Whose(place.Key.Provenance, sources)}");

    /// <summary>The same for machines, with all that is known of how they were measured.</summary>
    public static JsonArray Json(PlanningProblem problem, Plan? plan, IReadOnlyCollection<SourceConfiguration> sources) => new(
    [
        .. Of(problem, plan).Select(r => (r.Metric, r.Origin, r.Provenance, Value: plan is null ? null : (double?)r.Value)).Distinct().Select(r => new JsonObject
        {
            ["metric"] = r.Metric,
            ["value"] = r.Value,
            ["from"] = r.Origin,
            ["measuredBy"] = r.Provenance,
            ["isOfTheseSources"] = IsOf(sources, r.Provenance),
        }),
    ]);

    private static IEnumerable<AccuracyRow> Of(PlanningProblem problem, Plan? plan)
    {
        var metrics = problem.Workflow.Operators.OfType<OutputOperator>().Select(o => problem.ObjectivesOf(o).Accuracy?.Metric).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return problem.Profile.Accuracies.Where(r => metrics.Contains(r.Metric) && (plan is null || r.Variants.All(v => plan[v.Operator].Variant == v.Variant)));
    }

    private static string Named(AccuracyRow row, Plan? plan) => plan is null ? row.Metric : string.Create(CultureInfo.InvariantCulture, $"{row.Metric} {row.Value:0.###}");

    // A measurement's provenance is its command, its sources and its date; the sources are those of the command, or are in the file.
    private static string Short(string provenance) => provenance.Split("; ") is [var command, _, .., var date] ? $"{command}; {date}" : provenance;

    // What is true of one scene need not be of another, and nothing in a figure shows whose it is.
    private static string Whose(string provenance, IReadOnlyCollection<SourceConfiguration> sources) => IsOf(sources, provenance) == false
        ? "; measured with other sources than these, which may differ much: 'profile --truth FILE' measures these"
        : "";

    /// <summary>Whether a measurement was made with these sources, at whatever rate, or with some more; null where its provenance does not say which it had.</summary>
    private static bool? IsOf(IReadOnlyCollection<SourceConfiguration> sources, string provenance) => provenance.Split("; ") is [_, .., var measured, _]
        ? sources.All(s => s.Values.Where(v => !HowRead.Contains(v.Key)).All(v => $" {measured.Replace(", ", " ", StringComparison.Ordinal)} ".Contains($" {v.Key}={v.Value} ", StringComparison.Ordinal)))
        : null;
}
