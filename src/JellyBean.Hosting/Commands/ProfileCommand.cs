using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Profiles;
using JellyBean.Hosting.Reports;
using JellyBean.Hosting.Truths;
using JellyBean.Planning.Profiles;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Commands;

/// <summary>Measures the workflow thoroughly: its times, or its accuracies where a truth or a reference is given.</summary>
internal sealed class ProfileCommand(ProgramDefinition program, Preparation preparation, ProfileProvider profiles, AccuracyMeasurement accuracies, Terminal terminal, TimeProvider clock)
{
    public async Task<int> RunAsync(ProfileRequest request, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        var configuration = preparation.Configure(request.Preparation.Configuration, errors);
        var truths = errors.Try<IReadOnlyList<TruthFile>>(() => TruthRegistration.Find(program, request.Truths)) ?? [];
        var isOfTimes = request.Truths.IsEmpty && request.Reference is null;
        if (isOfTimes && request.Only.Length > 0)
        {
            errors.Add("--only chooses what accuracy is measured of; it goes with --truth or --reference.");
        }

        if (request.Reference is not null && program.Truths.IsEmpty)
        {
            errors.Add("--reference needs to know how results are compared, but the program has said so for no output. It does with UseTruth.");
        }

        var progress = new ProgressText(terminal.Error);
        var bindings = await preparation.BindAsync(configuration, request.Preparation, errors, progress, cancellationToken).ConfigureAwait(false);
        if (isOfTimes)
        {
            await MeasureTimesAsync(configuration, bindings, request, progress, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Ok;
        }

        var nonsense = new List<string>();
        foreach (var truth in truths)
        {
            nonsense.AddRange(await MeasureAccuracyAsync(configuration, request, truth, progress, cancellationToken).ConfigureAwait(false));
        }

        foreach (var registration in request.Reference is null ? [] : program.Truths)
        {
            await MeasureAgreementAsync(configuration, bindings, request, registration, progress, cancellationToken).ConfigureAwait(false);
        }

        return nonsense.Count == 0 ? ExitCodes.Ok : throw new BadInputException(nonsense);
    }

    /// <summary>Measures in passes and keeps each: what takes an hour should not be lost with its last minute. Nothing is kept as long as all of it is nonsense.</summary>
    /// <returns>Why nothing was kept; empty where it was.</returns>
    private async Task<IEnumerable<string>> MeasureAccuracyAsync(HostConfiguration configuration, ProfileRequest request, TruthFile truth, ProgressText progress, CancellationToken cancellationToken)
    {
        var combinations = Combinations.Of(Combinations.OperatorsBefore(program.Workflow, truth.Registration.Outputs), request.Only);
        var all = new Measurement(Provenance(request, configuration), []);
        foreach (var pass in Combinations.Passes(combinations, program.Workflow, atOnce: Environment.ProcessorCount))
        {
            var measured = await accuracies.AgainstTruthAsync(configuration, truth, pass, progress, cancellationToken).ConfigureAwait(false);
            all = all with { Combinations = [.. all.Combinations, .. measured] };
            var done = string.Create(CultureInfo.InvariantCulture, $"[{all.Combinations.Length}/{combinations.Length}] combinations measured");
            if (all.BelowNothing is { } metric)
            {
                progress.Report($"{done}; not kept: '{metric}' of all of them is below 0, as with the truth of another clip");
                continue;
            }

            await KeepAsync(configuration, request, all, cancellationToken).ConfigureAwait(false);
            progress.Report($"{done} and kept");
        }

        ProfileReport.Write(all, terminal.Output);
        if (all.BelowNothing is { } nonsense)
        {
            return [$"'{truth.Path}' gives '{nonsense}' below 0 for every combination measured: worse than no results at all. It is the truth of other sources, or its elements are numbered otherwise, as from another first one. Nothing was kept; correct the file, or give the sources that it was made for."];
        }

        TellKept(configuration, request);
        return [];
    }

    private async Task MeasureTimesAsync(HostConfiguration configuration, WorkflowBindings bindings, ProfileRequest request, ProgressText progress, CancellationToken cancellationToken)
    {
        var options = CalibrationOptions.Thorough with { Budget = request.Budget ?? CalibrationOptions.Thorough.Budget };
        var profile = await profiles.MeasureAsync(configuration, bindings, options, request.Command, progress, progress, cancellationToken).ConfigureAwait(false);
        ProfileReport.Write(profile, terminal.Output);
        terminal.Output.WriteLine($"Kept for this machine: {profiles.PathOf(configuration)}");
        if (request.File is { } file)
        {
            await ProfileFile.WriteAsync(profile, file, cancellationToken).ConfigureAwait(false);
            terminal.Output.WriteLine($"Written: {file}");
        }
    }

    private async Task MeasureAgreementAsync(
        HostConfiguration configuration, WorkflowBindings bindings, ProfileRequest request, TruthRegistration registration, ProgressText progress, CancellationToken cancellationToken)
    {
        var operators = Combinations.OperatorsBefore(program.Workflow, registration.Outputs);
        var all = Combinations.Of(operators, []);
        ImmutableSortedDictionary<OperatorId, string> reference;
        if (request.Reference == "best")
        {
            var given = new Checked(configuration, await profiles.GivenAsync(configuration, cancellationToken).ConfigureAwait(false), Demands: []);
            var profile = await profiles.GetAsync(given, bindings, recalibrate: false, progress, cancellationToken).ConfigureAwait(false);
            reference = all.OrderByDescending(c => MetricOf(registration, configuration, profile, c)).ThenByDescending(c => CostOf(profile, c)).First();
        }
        else
        {
            var named = Combinations.Of(operators, request.Reference!.Split(','), "--reference", "best, or ");
            reference = named.Length == 1
                ? named[0]
                : throw new BadInputException($"--reference is '{request.Reference}'; allowed: best, or a variant for each of {string.Join(", ", operators.Select(o => o.Id))}, as in OPERATOR=VARIANT,OPERATOR=VARIANT.");
        }

        progress.Report($"the reference is {Combinations.Describe(reference)}; what follows is agreement with it, not accuracy");
        var measured = await accuracies.AgainstReferenceAsync(configuration, registration, reference, Combinations.Of(operators, request.Only), progress, cancellationToken).ConfigureAwait(false);
        var provenance = $"agreement with {Combinations.Describe(reference)}, no accuracy; {Provenance(request, configuration)}";
        var measurement = new Measurement(provenance, measured);
        await KeepAsync(configuration, request, measurement, cancellationToken).ConfigureAwait(false);
        ProfileReport.Write(measurement, terminal.Output);
        TellKept(configuration, request);
    }

    /// <summary>The measured accuracy by the outputs' own metric; what was not measured is less than anything that was.</summary>
    private double MetricOf(TruthRegistration registration, HostConfiguration configuration, Profile profile, ImmutableSortedDictionary<OperatorId, string> combination)
    {
        var metric = registration.Outputs
            .Select(o => configuration.Objectives.GetValueOrDefault(o) ?? ((Workflows.Graph.OutputOperator)program.Workflow[o]).Objectives)
            .Select(o => o.Accuracy?.Metric).FirstOrDefault(m => m is not null);
        var rows = profile.Accuracies.Where(r => r.Metric == metric && r.Variants.All(v => combination.GetValueOrDefault(v.Operator) == v.Variant)).ToList();
        return rows.Count > 0 ? rows.Min(r => r.Value) : double.NegativeInfinity;
    }

    private static double CostOf(Profile profile, ImmutableSortedDictionary<OperatorId, string> combination) => profile.ServiceTimes
        .Where(t => t.BatchSize == 1 && t.Variant is not null && combination.GetValueOrDefault(t.Operator) == t.Variant).Sum(t => t.ServiceMs);

    private async Task KeepAsync(HostConfiguration configuration, ProfileRequest request, Measurement measurement, CancellationToken cancellationToken)
    {
        foreach (var path in PathsOf(configuration, request))
        {
            var known = File.Exists(path)
                ? await AccuracyFile.ReadAsync(path, program.Workflow, cancellationToken).ConfigureAwait(false)
                : new AccuracyFile { Workflow = program.Workflow.Name, Measurements = [] };
            await ProfileJson.WriteAsync(known.With(measurement), path, cancellationToken).ConfigureAwait(false);
        }
    }

    private void TellKept(HostConfiguration configuration, ProfileRequest request)
    {
        foreach (var path in PathsOf(configuration, request))
        {
            terminal.Output.WriteLine($"Kept: {path}");
        }
    }

    private IEnumerable<string> PathsOf(HostConfiguration configuration, ProfileRequest request) =>
        new[] { profiles.AccuraciesPathOf(configuration), request.File }.OfType<string>();

    private string Provenance(ProfileRequest request, HostConfiguration configuration) => string.Create(
        CultureInfo.InvariantCulture,
        $"{request.Command}; {string.Join(", ", configuration.Sources.Select(s => $"{s.Name} {string.Join(' ', s.Values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"))}"))}; {clock.GetUtcNow():yyyy-MM-dd}");
}
