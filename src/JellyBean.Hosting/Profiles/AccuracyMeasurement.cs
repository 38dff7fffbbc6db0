using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Truths;
using JellyBean.Testing;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Hosting.Profiles;

/// <summary>Measures how well combinations of variants do end to end, over the whole of the real sources.</summary>
/// <remarks>In the reference interpreter, which the engine's results equal whatever the plan: no machine and no plan is part of an accuracy.</remarks>
internal sealed class AccuracyMeasurement(ProgramDefinition program)
{
    /// <summary>What comes before a metric's name where it was measured against another run, not against the truth.</summary>
    public const string AgreementPrefix = "agreement-";

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    /// <summary>Measures against a truth file.</summary>
    /// <exception cref="TruthException">The file cannot be used, or does not fit the sources.</exception>
    public async Task<ImmutableArray<MeasuredCombination>> AgainstTruthAsync(
        HostConfiguration configuration, TruthFile truth, ImmutableArray<ImmutableSortedDictionary<OperatorId, string>> combinations, IProgress<string> progress, CancellationToken cancellationToken)
    {
        // Opened and asked before anything runs, so that a wrong file is told at once.
        var meters = combinations.Select(_ => truth.Registration.Truth.Open(truth.Path)).ToList();
        meters[0].Check(await SourceLengths.OfAsync(program, configuration, cancellationToken).ConfigureAwait(false));
        var runs = await RunAsync(configuration, combinations, progress, cancellationToken).ConfigureAwait(false);
        meters[0].Check(runs[0].Sources.ToDictionary(s => s.Source, s => s.Offered));
        return [.. combinations.Select((c, i) => Measure(truth.Registration, c, meters[i], runs[i], prefix: ""))];
    }

    /// <summary>Measures agreement with one of the combinations.</summary>
    public async Task<ImmutableArray<MeasuredCombination>> AgainstReferenceAsync(
        HostConfiguration configuration,
        TruthRegistration registration,
        ImmutableSortedDictionary<OperatorId, string> reference,
        ImmutableArray<ImmutableSortedDictionary<OperatorId, string>> combinations,
        IProgress<string> progress,
        CancellationToken cancellationToken)
    {
        var runs = await RunAsync(configuration, [reference, .. combinations], progress, cancellationToken).ConfigureAwait(false);
        var results = registration.Outputs.SelectMany(o => program.Outputs[o].ResultsOf(runs[0])).ToList();
        return [.. combinations.Select((c, i) => Measure(registration, c, registration.Truth.Agreement(results), runs[i + 1], AgreementPrefix))];
    }

    private MeasuredCombination Measure(
        TruthRegistration registration, ImmutableSortedDictionary<OperatorId, string> combination, TruthMeter meter, WorkflowTestRun run, string prefix)
    {
        foreach (var result in registration.Outputs.SelectMany(o => program.Outputs[o].ResultsOf(run)))
        {
            meter.Add(result);
        }

        var metrics = meter.Measure(run.Sources.ToDictionary(s => s.Source, s => s.Offered));
        return new MeasuredCombination(
            combination.ToImmutableSortedDictionary(c => c.Key.Value, c => c.Value, StringComparer.Ordinal),
            metrics.ToImmutableSortedDictionary(m => prefix + m.Metric, m => Math.Round(m.Value, 4), StringComparer.Ordinal));
    }

    /// <summary>Runs all combinations, those with the same variant of the first model together, on all cores.</summary>
    private async Task<WorkflowTestRun[]> RunAsync(
        HostConfiguration configuration, ImmutableArray<ImmutableSortedDictionary<OperatorId, string>> combinations, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var runs = new WorkflowTestRun[combinations.Length];
        var first = program.Workflow.Operators.OfType<InferOperator>().Select(o => o.Id).FirstOrDefault(o => combinations[0].ContainsKey(o));
        var groups = combinations.Select((c, i) => (Combination: Complete(c), Index: i)).GroupBy(c => c.Combination.GetValueOrDefault(first, "")).ToList();
        var lengths = await SourceLengths.OfAsync(program, configuration, cancellationToken).ConfigureAwait(false);
        var total = lengths.Count == configuration.Sources.Length ? lengths.Values.Sum() * groups.Count : (long?)null;
        var teller = new Teller(progress, combinations.Length, groups.Count, total);
        progress.Report(string.Create(CultureInfo.InvariantCulture, $"{combinations.Length} combinations; each model is asked once for all that share it"));
        await Parallel.ForEachAsync(
            groups,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (group, stop) =>
            {
                var members = group.ToList();
                var results = await RunAsync(configuration, members.ConvertAll(m => m.Combination), teller, stop).ConfigureAwait(false);
                foreach (var (member, run) in members.Zip(results))
                {
                    runs[member.Index] = run;
                }

                teller.Finished(group.Key, members.Count);
            }).ConfigureAwait(false);
        return runs;
    }

    private async Task<IReadOnlyList<WorkflowTestRun>> RunAsync(
        HostConfiguration configuration, List<IReadOnlyDictionary<OperatorId, string>> combinations, Teller teller, CancellationToken cancellationToken)
    {
        var test = new CombinationTest(program.Workflow);
        var opened = new List<IAsyncDisposable>();
        try
        {
            opened.AddRange(configuration.Sources.Select(s => program.Inputs[s.Input].Feed(test, s)));
            return await test.RunAsync(combinations, teller, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var source in opened)
            {
                await source.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // Models that no output of interest depends on are asked too, so they need a variant: any.
    private IReadOnlyDictionary<OperatorId, string> Complete(ImmutableSortedDictionary<OperatorId, string> combination) => combination.AddRange(
        program.Workflow.Operators.OfType<InferOperator>().Where(o => !combination.ContainsKey(o.Id)).Select(o => KeyValuePair.Create(o.Id, o.Variants[0].Name)));

    /// <summary>Tells how far the measuring is, now and then. Told by several threads. The total is of all passes; null where a source does not know how much it has.</summary>
    private sealed class Teller(IProgress<string> progress, int combinations, int groups, long? total) : IProgress<long>
    {
        private readonly Lock _lock = new();
        private long _lastTold = Stopwatch.GetTimestamp();
        private long _elements;
        private int _done;
        private int _groupsDone;

        public void Report(long value)
        {
            lock (_lock)
            {
                _elements++;
                if (Stopwatch.GetElapsedTime(_lastTold) >= TellEvery)
                {
                    _lastTold = Stopwatch.GetTimestamp();
                    progress.Report(string.Create(CultureInfo.InvariantCulture, $"{_elements}{(total is { } all ? $" of {all}" : "")} elements taken, {_groupsDone} of {groups} passes done"));
                }
            }
        }

        public void Finished(string variant, int count)
        {
            lock (_lock)
            {
                _done += count;
                _groupsDone++;
                progress.Report(string.Create(CultureInfo.InvariantCulture, $"[{_done}/{combinations}] all combinations with {variant}"));
            }
        }
    }
}
