using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using static JellyBean.Planning.Infrastructure.CatalogueValidation;

namespace JellyBean.Planning.Profiles;

internal static class ProfileValidation
{
    public static ImmutableArray<string> Errors(Profile profile, Workflow workflow)
    {
        var errors = new List<string>();
        if (profile.Version != Profile.CurrentVersion)
        {
            errors.Add(Text($"its version is {profile.Version}; allowed: {Profile.CurrentVersion}. Measure it again with this program."));
        }

        var operators = workflow.Operators.ToDictionary(o => o.Id);
        CheckServiceTimes(profile, operators, errors);
        CheckCoRunning(profile, operators, errors);
        CheckFootprints(profile, operators, errors);
        CheckOutputs(profile, operators, errors);
        CheckConsequences(profile, operators, errors);
        CheckAccuracies(profile, operators, errors);
        return [.. errors.Select(e => $"Profile of '{workflow.Name}': {e}")];
    }

    public static ImmutableArray<string> Errors(AccuracyRow row, Workflow workflow)
    {
        var errors = new List<string>();
        CheckAccuracy(row, workflow.Operators.ToDictionary(o => o.Id), errors);
        return [.. errors];
    }

    private static void CheckServiceTimes(Profile profile, Dictionary<OperatorId, Operator> operators, List<string> errors)
    {
        Duplicates(
            profile.ServiceTimes,
            t => Text($"{t.Operator}, variant {t.Variant ?? "-"}, batch {t.BatchSize}, {t.WorkerType?.Value ?? "this machine"}"),
            "service time",
            errors);
        foreach (var time in profile.ServiceTimes)
        {
            var where = Text($"service time of '{time.Operator}' (variant {time.Variant ?? "-"}, batch {time.BatchSize}, {time.WorkerType?.Value ?? "this machine"})");
            var known = KnownOperator(operators, time.Operator, time.Variant, where, errors);
            Number(time.ServiceMs, mayBeZero: time.Variant is null, $"{where}: milliseconds", errors);
            CheckDistribution(time.Distribution, where, errors);
            if (time.BatchSize < 1 || (time.Variant is null && time.BatchSize != 1))
            {
                errors.Add(Text($"{where}: batch size is {time.BatchSize}; allowed: {(time.Variant is null ? "1, as only models take batches" : "1 or more")}."));
            }
            else if (known is InferOperator infer && infer.Variants.First(v => v.Name == time.Variant) is var variant && time.BatchSize > variant.MaxBatch)
            {
                errors.Add(Text($"{where}: batch size is {time.BatchSize}; allowed: 1 to {variant.MaxBatch}, the variant's limit. Remove the row."));
            }
        }

        foreach (var op in operators.Values.Where(o => o.Kind is not (OperatorKind.Input or OperatorKind.Merge or OperatorKind.Output)))
        {
            if (profile.ServiceTimes.All(t => t.Operator != op.Id))
            {
                errors.Add($"operator '{op.Id}' ({op.Kind}) has no service time. Profile it, or give 0 where it costs nothing worth counting.");
            }
        }
    }

    private static void CheckCoRunning(Profile profile, Dictionary<OperatorId, Operator> operators, List<string> errors)
    {
        foreach (var time in profile.CoRunningTimes)
        {
            var where = Text($"co-running time of '{time.Operator}' (variant {time.Variant}, batch {time.BatchSize}, beside {time.Beside.Variant})");
            KnownOperator(operators, time.Operator, time.Variant, where, errors);
            Number(time.ServiceMs, mayBeZero: false, $"{where}: milliseconds", errors);
            CheckDistribution(time.Distribution, where, errors);
        }
    }

    private static void CheckDistribution(ServiceDistribution? distribution, string where, List<string> errors)
    {
        if (distribution is null)
        {
            return;
        }

        Number(distribution.MedianMs, mayBeZero: true, $"{where}: median in milliseconds", errors);
        Number(distribution.P90Ms, mayBeZero: true, $"{where}: 90th percentile in milliseconds", errors);
        Number(distribution.P99Ms, mayBeZero: true, $"{where}: 99th percentile in milliseconds", errors);
        Number(distribution.Variance, mayBeZero: true, $"{where}: variance in square milliseconds", errors);
    }

    private static void CheckFootprints(Profile profile, Dictionary<OperatorId, Operator> operators, List<string> errors)
    {
        Duplicates(profile.Footprints, f => $"{f.Operator}, variant {f.Variant ?? "-"}", "footprint", errors);
        foreach (var footprint in profile.Footprints)
        {
            var where = $"footprint of '{footprint.Operator}' (variant {footprint.Variant ?? "-"})";
            KnownOperator(operators, footprint.Operator, footprint.Variant, where, errors);
            Number(footprint.MemoryBytes, mayBeZero: true, $"{where}: memory in bytes", errors);
            if (footprint.LoadTime < TimeSpan.Zero)
            {
                errors.Add($"{where}: load time is {footprint.LoadTime}; allowed: zero or more.");
            }
        }

        var missing = profile.ServiceTimes.Where(t => t.Variant is not null).Select(t => (t.Operator, t.Variant)).Distinct()
            .Where(t => !profile.Footprints.Any(f => (f.Operator, f.Variant) == t));
        errors.AddRange(missing.Select(t => $"variant '{t.Variant}' of '{t.Operator}' has service times but no footprint. Add its memory in bytes."));
    }

    private static void CheckConsequences(Profile profile, Dictionary<OperatorId, Operator> operators, List<string> errors)
    {
        Duplicates(profile.Consequences, c => Text($"{c.Operator} behind {c.Of.Operator}, variant {c.Of.Variant}"), "consequence", errors);
        foreach (var row in profile.Consequences)
        {
            var where = Text($"consequence for '{row.Operator}' of variant '{row.Of.Variant}'");
            KnownOperator(operators, row.Of.Operator, row.Of.Variant, where, errors);
            KnownOperator(operators, row.Operator, null, where, errors);
            Number(row.ServiceMs, mayBeZero: true, $"{where}: milliseconds", errors);
            Number(row.ResultsPerElement, mayBeZero: true, $"{where}: results per element", errors);
            Number(row.MessageBytes, mayBeZero: true, $"{where}: bytes", errors);
            Number(row.KeptBytes, mayBeZero: true, $"{where}: bytes kept", errors);
        }
    }

    private static void CheckOutputs(Profile profile, Dictionary<OperatorId, Operator> operators, List<string> errors)
    {
        Duplicates(profile.Outputs, o => o.Operator.Value + (o.Variant is null ? "" : $", variant {o.Variant}"), "output profile", errors);
        foreach (var output in profile.Outputs)
        {
            var where = $"output profile of '{output.Operator}'{(output.Variant is null ? "" : $" (variant {output.Variant})")}";
            if (!operators.TryGetValue(output.Operator, out var op) || (output.Variant is not null && KnownOperator(operators, output.Operator, output.Variant, where, errors) is null))
            {
                if (op is null)
                {
                    errors.Add(Unknown(operators, output.Operator, where));
                }

                continue;
            }

            Number(output.ResultsPerElement, mayBeZero: true, $"{where}: results per element", errors);
            Number(output.ResultsVariance, mayBeZero: true, $"{where}: variance of the results per element", errors);
            Number(output.MessageBytes, mayBeZero: true, $"{where}: message bytes", errors);
            Number(output.KeptBytes, mayBeZero: true, $"{where}: kept bytes", errors);
            if (op.Kind is OperatorKind.Input or OperatorKind.Select or OperatorKind.Infer or OperatorKind.Regroup or OperatorKind.Merge && output.ResultsPerElement != 1)
            {
                errors.Add(Text($"{where}: results per element is {output.ResultsPerElement}; allowed: 1, as the operator ({op.Kind}) gives exactly one."));
            }
            else if (op.Kind is OperatorKind.Where && output.ResultsPerElement > 1)
            {
                errors.Add(Text($"{where}: results per element is {output.ResultsPerElement}; allowed: 0 to 1, as the operator ({op.Kind}) only leaves out."));
            }

            if (op.Kind is not OperatorKind.Expand && output.KeptBytes != 0)
            {
                errors.Add(Text($"{where}: kept bytes is {output.KeptBytes}; allowed: 0, as only an expand operator keeps something beside its parts."));
            }
        }

        foreach (var op in operators.Values.Where(o => o.Kind is not OperatorKind.Output && profile.Outputs.All(p => p.Operator != o.Id || p.Variant is not null)))
        {
            var missing = profile.ServiceTimes.Where(t => t.Operator == op.Id).Select(t => t.Variant).Distinct().Where(v => profile.Outputs.All(p => p.Operator != op.Id || p.Variant != v)).ToList();
            if (op.Kind is not OperatorKind.Infer || missing.Count > 0)
            {
                errors.Add($"operator '{op.Id}' ({op.Kind}) has no output profile{(op.Kind is OperatorKind.Infer ? $" for {List(missing.Select(m => m ?? "-"))}" : "")}. Profile what it sends: results per element and bytes per message.");
            }
        }
    }

    private static void CheckAccuracies(Profile profile, Dictionary<OperatorId, Operator> operators, List<string> errors)
    {
        Duplicates(profile.Accuracies, a => $"{a.Metric} of {Describe(a)}", "accuracy", errors);
        foreach (var row in profile.Accuracies)
        {
            CheckAccuracy(row, operators, errors);
        }
    }

    private static void CheckAccuracy(AccuracyRow row, Dictionary<OperatorId, Operator> operators, List<string> errors)
    {
        var where = $"accuracy {row.Metric} of {Describe(row)}";
        if (string.IsNullOrWhiteSpace(row.Metric) || row.Metric.Any(char.IsWhiteSpace))
        {
            errors.Add($"{where}: '{row.Metric}' is no name for a metric. Use one word, such as ap50.");
        }

        if (!double.IsFinite(row.Value))
        {
            errors.Add(Text($"{where} is {row.Value}; allowed: a finite number."));
        }

        if (row.Variants.IsEmpty)
        {
            errors.Add($"{where} names no variant. Name those it was measured with.");
        }

        Duplicates(row.Variants, v => v.Operator.Value, $"{where}: operator", errors);
        foreach (var choice in row.Variants)
        {
            KnownOperator(operators, choice.Operator, choice.Variant, where, errors);
        }
    }

    private static string Describe(AccuracyRow row) => string.Join(", ", row.Variants.OrderBy(v => v.Operator).Select(v => $"{v.Operator}={v.Variant}"));

    /// <summary>The operator if it and the variant exist.</summary>
    private static Operator? KnownOperator(Dictionary<OperatorId, Operator> operators, OperatorId id, string? variant, string where, List<string> errors)
    {
        if (!operators.TryGetValue(id, out var op))
        {
            errors.Add(Unknown(operators, id, where));
            return null;
        }

        if (op is InferOperator infer)
        {
            if (infer.Variants.All(v => v.Name != variant))
            {
                errors.Add($"{where}: variant '{variant}' is unknown; allowed: {List(infer.Variants.Select(v => v.Name))}. Add it to model '{infer.Model}' or correct its name.");
                return null;
            }
        }
        else if (variant is not null)
        {
            errors.Add($"{where}: variant '{variant}' is given, but the operator ({op.Kind}) asks no model. Remove the variant.");
            return null;
        }

        return op;
    }

    private static string Unknown(Dictionary<OperatorId, Operator> operators, OperatorId id, string where) =>
        $"{where}: operator '{id}' is unknown; allowed: {List(operators.Keys.Order().Select(o => o.Value))}. Remove it or correct its name.";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
