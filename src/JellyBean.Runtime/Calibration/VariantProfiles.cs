using System.Globalization;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Calibration;

/// <summary>Measures every variant of a workflow's models, and keeps what it found. Variants are loaded one after the other.</summary>
internal sealed class VariantProfiles
{
    // Where no sample reached a model, as when nothing is seen in the first pictures: what little follows should still be planned.
    private const double AssumedMs = 1;

    private readonly CalibrationOptions _options;
    private readonly IProgress<string>? _progress;
    private readonly int _variants;
    private readonly Dictionary<(OperatorId Operator, string Variant), List<ServiceTime>> _times = [];
    private int _done;

    public VariantProfiles(Workflow workflow, CalibrationOptions options, IProgress<string>? progress)
    {
        _options = options;
        _progress = progress;
        _variants = workflow.Operators.OfType<InferOperator>().Sum(o => o.Variants.Length);
    }

    public IEnumerable<ServiceTime> Times => _times.Values.SelectMany(t => t);

    public List<CoRunningTime> CoRunningTimes { get; } = [];

    public List<Footprint> Footprints { get; } = [];

    public List<ProfileGap> Gaps { get; } = [];

    /// <summary>What is assumed, not measured; for the provenance.</summary>
    public List<string> Assumed { get; } = [];

    /// <summary>Measures an operator's variants on an idle machine.</summary>
    /// <returns>An answer to each sample, null where it failed, of the variant that answers for what follows; and what the other variants answered to some of them.</returns>
    /// <exception cref="CalibrationException">A variant fails on everything.</exception>
    public async Task<VariantAnswers> MeasureAsync(
        InferOperator op, IReadOnlyList<Sample> samples, MessageSizer sizer, CancellationToken cancellationToken)
    {
        // What is measured beside others later is measured alone then, too; here it only shows which variants are dear.
        var options = _options.MeasureCoRunning ? new CalibrationOptions { LargestBatch = 1 } : _options;
        var answers = new List<(string, List<(Sample, object)>)>();
        foreach (var variant in op.Variants)
        {
            using var run = await VariantRun.LoadAsync(op, variant, samples, sizer, options, cancellationToken).ConfigureAwait(false);
            await MeasureAsync(run, options.Budget / _variants, [], cancellationToken).ConfigureAwait(false);
            if (samples.Count > 0 && !run.IsAnswering)
            {
                throw new CalibrationException($"Variant '{variant.Name}' of operator '{op.Id}' failed on each of {samples.Count} elements, last with: {run.Failures[1]}");
            }

            Keep(op, run);
            Footprints.Add(new Footprint { Operator = op.Id, Variant = variant.Name, MemoryBytes = run.MemoryBytes, LoadTime = run.LoadTime, WarmUpTime = run.WarmUpTime });
            if (run.IsAnswering)
            {
                answers.Add((variant.Name, run.Answers));
            }
        }

        if (samples.Count == 0)
        {
            Assumed.Add(string.Create(CultureInfo.InvariantCulture, $"; nothing reached '{op.Id}', {AssumedMs} ms assumed"));
            foreach (var variant in op.Variants)
            {
                _times[(op.Id, variant.Name)] = [new ServiceTime { Operator = op.Id, Variant = variant.Name, ServiceMs = AssumedMs }];
            }

            return new VariantAnswers("", [], answers);
        }

        var spoken = SpeakerOf(op, samples.Count, answers, sizer);
        using var speaker = await VariantRun.LoadAsync(op, spoken, samples, sizer, options, cancellationToken).ConfigureAwait(false);
        return new VariantAnswers(spoken.Name, await Timing.OnOwnThreadAsync(() => speaker.AnswerAll(cancellationToken), cancellationToken).ConfigureAwait(false), answers);
    }

    /// <summary>Measures an operator's variants again, alone and while the other cores are busy, in turns; what was measured alone before is replaced.</summary>
    public async Task MeasureBesideOthersAsync(InferOperator op, IReadOnlyList<Sample> samples, MessageSizer sizer, CancellationToken cancellationToken)
    {
        if (samples.Count == 0)
        {
            return;
        }

        foreach (var variant in op.Variants)
        {
            using var run = await VariantRun.LoadAsync(op, variant, samples, sizer, _options, cancellationToken).ConfigureAwait(false);
            using var same = await Neighbour.LoadAsync(op, variant.Name, samples[0].Value, cancellationToken).ConfigureAwait(false);
            using var other = DearestBut(op, variant) is { } dearest
                ? await Neighbour.LoadAsync(op, dearest.Name, samples[0].Value, cancellationToken).ConfigureAwait(false)
                : null;
            Neighbour[] neighbours = [.. new[] { same, other }.OfType<Neighbour>().Where(n => n.Cores > 0)];
            await MeasureAsync(run, _options.Budget / _variants, neighbours, cancellationToken).ConfigureAwait(false);
            Keep(op, run);
            CoRunningTimes.AddRange(run.CoRunning.Select(c => new CoRunningTime
            {
                Operator = op.Id,
                Variant = variant.Name,
                BatchSize = c.BatchSize,
                Beside = c.Beside.Choice,
                BusyCores = c.Beside.Cores,
                ServiceMs = c.Times.Mean,
                Distribution = c.Times.Distribution(),
            }));
        }
    }

    private static Task<bool> MeasureAsync(VariantRun run, TimeSpan budget, IReadOnlyList<Neighbour> neighbours, CancellationToken cancellationToken) => Timing.OnOwnThreadAsync(
        () =>
        {
            run.Measure(budget, neighbours, cancellationToken);
            return true;
        },
        cancellationToken);

    private void Keep(InferOperator op, VariantRun run)
    {
        _times[(op.Id, run.Variant)] =
        [
            .. run.Alone.Select(m => new ServiceTime { Operator = op.Id, Variant = run.Variant, BatchSize = m.Key, ServiceMs = m.Value.Mean, Distribution = m.Value.Distribution() }),
        ];
        Gaps.RemoveAll(g => g.Operator == op.Id && g.Variant == run.Variant);
        Gaps.AddRange(run.Failures.Select(f => new ProfileGap { Operator = op.Id, Variant = run.Variant, BatchSize = f.Key, Reason = f.Value }));
        _progress?.Report(Describe(op, run));
    }

    /// <summary>
    /// Of the variants that answer all samples within a quarter of the time for measuring, else of the fastest alone, the one whose answers are the largest: a detector's that finds the most, a longer vector. A plan
    /// allows for what follows from it. Of the same size the slowest.
    /// </summary>
    private IVariant SpeakerOf(InferOperator op, int samples, List<(string Variant, List<(Sample Sample, object Answer)> Answers)> answers, MessageSizer sizer)
    {
        var bySpeed = op.Variants.OrderByDescending(v => MsOf(op, v)).ToList();
        var quick = bySpeed.FindAll(v => MsOf(op, v) * samples <= _options.Budget.TotalMilliseconds / 4);
        var answersOf = answers.Where(a => quick.Exists(v => v.Name == a.Variant)).ToDictionary(
            a => a.Variant, a => new Dictionary<Sample, object>(a.Answers.Select(b => KeyValuePair.Create(b.Sample, b.Answer)), ReferenceEqualityComparer.Instance));
        var common = answersOf.Values.SelectMany(a => a.Keys).Distinct<Sample>(ReferenceEqualityComparer.Instance).Where(s => answersOf.Values.All(a => a.ContainsKey(s))).ToList();
        return quick.MaxBy(v => answersOf.TryGetValue(v.Name, out var own) ? sizer.MeanSizeOf(op.ElementType, common.Select(s => own[s])) : 0) ?? bySpeed[^1];
    }

    private IVariant? DearestBut(InferOperator op, IVariant variant) => op.Variants.Where(v => v.Name != variant.Name).MaxBy(v => MsOf(op, v));

    private double MsOf(InferOperator op, IVariant variant) => _times[(op.Id, variant.Name)].Where(t => t.BatchSize == 1).Select(t => t.ServiceMs).FirstOrDefault(double.PositiveInfinity);

    private string Describe(InferOperator op, VariantRun run)
    {
        var total = _variants * (_options.MeasureCoRunning ? 2 : 1);
        var times = run.Alone.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Value.Mean:0.00} ms for {m.Key}"));
        var busy = run.CoRunning.Where(c => c.BatchSize == 1).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Times.Mean:0.00} ms beside {c.Beside.Choice.Variant}"));
        var failures = run.Failures.Select(f => string.Create(CultureInfo.InvariantCulture, $"batch {f.Key} left out, it failed: {f.Value}"));
        var facts = times.Concat(busy).Concat(failures).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"[{++_done}/{total}] {op.Id} {run.Variant}: {(facts.Count > 0 ? string.Join(", ", facts) : "nothing to measure with")}");
    }
}

/// <summary>What a model's variants answered.</summary>
/// <param name="Speaker">The variant that answers for what follows; empty where no sample came.</param>
/// <param name="Spoken">Its answer to each sample; null where it failed.</param>
/// <param name="Each">What each variant answered to some of the samples.</param>
internal sealed record VariantAnswers(string Speaker, object?[] Spoken, List<(string Variant, List<(Sample Sample, object Answer)> Answers)> Each);
