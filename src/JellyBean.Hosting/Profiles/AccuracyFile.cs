using System.Collections.Immutable;
using System.Text.Json.Serialization;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Profiles;

/// <summary>Measured accuracies as a JSON file. They belong to models and data, not to machines, so they are kept apart from profiles and may come with a program.</summary>
internal sealed record AccuracyFile
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The workflow's name.</summary>
    public required string Workflow { get; init; }

    /// <summary>What was measured, each command's combinations together.</summary>
    public required ImmutableArray<Measurement> Measurements { get; init; }

    /// <summary>The accuracies as profiles hold them.</summary>
    /// <param name="origin">Where they were read, for people.</param>
    public IEnumerable<AccuracyRow> Rows(string? origin = null) =>
        from measurement in Measurements
        from combination in measurement.Combinations
        from metric in combination.Metrics
        select new AccuracyRow
        {
            Metric = metric.Key,
            Value = metric.Value,
            Variants = [.. combination.Variants.Select(v => new VariantChoice(new OperatorId(v.Key), v.Value))],
            Provenance = measurement.Provenance,
            Origin = origin,
        };

    /// <exception cref="BadInputException">It is missing, something else, of another version, or of another workflow.</exception>
    public static async Task<AccuracyFile> ReadAsync(string path, Workflow workflow, CancellationToken cancellationToken)
    {
        var file = await ProfileFile.ReadAsync<AccuracyFile>("Accuracy file", path, CurrentVersion, cancellationToken).ConfigureAwait(false);
        return file.Workflow == workflow.Name
            ? file
            : throw new BadInputException($"Accuracy file '{path}' is of workflow '{file.Workflow}'; allowed: '{workflow.Name}'.");
    }

    /// <summary>With a new measurement, which replaces what was measured before of the same combinations and metrics.</summary>
    public AccuracyFile With(Measurement measurement)
    {
        var kept = from older in Measurements
                   let combinations = older.Combinations.Select(c => Without(c, measurement)).Where(c => !c.Metrics.IsEmpty).ToImmutableArray()
                   where !combinations.IsEmpty
                   select older with { Combinations = combinations };
        return this with { Measurements = [.. kept, measurement] };
    }

    private static MeasuredCombination Without(MeasuredCombination older, Measurement newer)
    {
        var same = newer.Combinations.FirstOrDefault(c => c.Variants.SequenceEqual(older.Variants));
        return same is null ? older : older with { Metrics = older.Metrics.RemoveRange(same.Metrics.Keys) };
    }
}

/// <summary>What one command measured.</summary>
/// <param name="Provenance">The command, the data, the date.</param>
/// <param name="Combinations">Each with its metrics.</param>
internal sealed record Measurement(string Provenance, ImmutableArray<MeasuredCombination> Combinations)
{
    /// <summary>A metric that is below 0 for every combination: no variant is worse than no results at all, so what they were held against is not the truth about them. Null where there is none.</summary>
    [JsonIgnore]
    public string? BelowNothing => Combinations.IsEmpty
        ? null
        : Combinations[0].Metrics.Keys.FirstOrDefault(m => Combinations.All(c => c.Metrics.TryGetValue(m, out var value) && value < 0));
}

/// <summary>What was measured of a combination of variants.</summary>
/// <param name="Variants">A variant for each operator that asks a model on the way to the output.</param>
/// <param name="Metrics">Values by metric.</param>
internal sealed record MeasuredCombination(ImmutableSortedDictionary<string, string> Variants, ImmutableSortedDictionary<string, double> Metrics);
