using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Calibration;

/// <summary>Measures, on this machine, what planning needs to know of a workflow: times, sizes, fan-outs, memory.</summary>
/// <remarks>
/// Elements go through the graph on one thread. Where something remembers elements, passages of consecutive ones do, each after some that bring what is remembered to where it would be. Where a model has several variants, the slowest that is quick enough answers for what follows, as it finds the most.
/// Sinks are not touched. Accuracy needs a truth, so it is not measured here.
/// </remarks>
public sealed class WorkflowCalibration
{
    private const int MostPasses = 100;
    private static readonly TimeSpan WarmTime = TimeSpan.FromMilliseconds(300);

    private readonly WorkflowBindings _bindings;
    private readonly MessageSizer _sizer;
    private readonly CalibrationOptions _options;
    private readonly IProgress<string>? _progress;
    private readonly Dictionary<OperatorId, List<Sample>> _flows = [];
    private readonly Dictionary<OperatorId, List<PartGroup>> _groups = [];
    private readonly Dictionary<OperatorId, VariantAnswers> _answers = [];
    private readonly ImmutableArray<ServiceTime>.Builder _times = ImmutableArray.CreateBuilder<ServiceTime>();
    private readonly ImmutableArray<OutputProfile>.Builder _outputs = ImmutableArray.CreateBuilder<OutputProfile>();
    private readonly VariantProfiles _variants;

    private WorkflowCalibration(WorkflowBindings bindings, MessageSizer sizer, CalibrationOptions options, IProgress<string>? progress)
    {
        _bindings = bindings;
        _sizer = sizer;
        _options = options;
        _progress = progress;
        _variants = new VariantProfiles(bindings.Workflow, options, progress);
    }

    /// <summary>Feeds the first elements of the real sources through the workflow and measures each operator.</summary>
    /// <param name="bindings">The workflow and its sources; they are opened and closed again.</param>
    /// <param name="sizer">Knows the program's payloads.</param>
    /// <param name="options">How much is looked at.</param>
    /// <param name="origin">What asked for it, for the profile's provenance: a command, or a few words.</param>
    /// <param name="progress">A line per step; null if nobody reads them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceException">A source cannot be read.</exception>
    /// <exception cref="ModelLoadException">A variant cannot be loaded.</exception>
    /// <exception cref="CalibrationException">A variant fails on everything it is asked, or there are no sources.</exception>
    public static async Task<Profile> MeasureAsync(
        WorkflowBindings bindings, MessageSizer sizer, CalibrationOptions options, string origin, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        ArgumentNullException.ThrowIfNull(sizer);
        ArgumentNullException.ThrowIfNull(options);
        if (bindings.Sources.IsEmpty)
        {
            throw new CalibrationException($"Workflow '{bindings.Workflow.Name}' has no source to calibrate with. Configure at least one.");
        }

        return await new WorkflowCalibration(bindings, sizer, options, progress).MeasureAsync(origin, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Profile> MeasureAsync(string origin, CancellationToken cancellationToken)
    {
        var workflow = _bindings.Workflow;
        var read = await SampleReader.ReadAsync(_bindings, _options, _progress, cancellationToken).ConfigureAwait(false);
        _progress?.Report(string.Create(CultureInfo.InvariantCulture, $"read {read.Samples.Length} elements of {_bindings.Sources.Count} sources"));
        foreach (var op in workflow.Operators)
        {
            if (op is InputOperator input)
            {
                Take(input, read);
            }
            else if (op is InferOperator infer)
            {
                await AskAsync(infer, cancellationToken).ConfigureAwait(false);
            }
            else if (op is not OutputOperator)
            {
                var run = await Timing.OnOwnThreadAsync(() => RunWarm(op, cancellationToken), cancellationToken).ConfigureAwait(false);
                Keep(op, run);
                _progress?.Report(string.Create(CultureInfo.InvariantCulture, $"{op.Id}: {run.Times.Mean:0.00} ms"));
            }
        }

        var consequences = await FollowAsync(cancellationToken).ConfigureAwait(false);
        if (_options.MeasureCoRunning)
        {
            foreach (var infer in workflow.Operators.OfType<InferOperator>())
            {
                await _variants.MeasureBesideOthersAsync(infer, _flows[infer.Inputs[0]], _sizer, cancellationToken).ConfigureAwait(false);
            }
        }

        var leading = read.Samples.Count(s => s.IsLeadIn);
        return new Profile
        {
            Provenance = string.Create(
                CultureInfo.InvariantCulture,
                $"{origin}, {read.Samples.Length - leading} elements of {string.Join(", ", _bindings.Sources.Keys.Order())}{(leading > 0 ? $" after {leading} that lead up to them" : "")}, {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm}Z{string.Concat(_variants.Assumed)}"),
            Machine = ThisMachine.Fingerprint,
            Build = workflow.Fingerprint,
            ServiceTimes = [.. _times, .. _variants.Times],
            CoRunningTimes = [.. _variants.CoRunningTimes],
            Footprints = [.. _variants.Footprints],
            Outputs = _outputs.ToImmutable(),
            Consequences = consequences,
            Gaps = [.. _variants.Gaps],
        };
    }

    private void Take(InputOperator input, SampleSet read)
    {
        var sources = _bindings.Sources.Where(s => s.Value.Input.Id == input.Id).Select(s => s.Key).ToHashSet();
        var samples = read.Samples.Where(s => sources.Contains(s.Source)).ToList();
        _flows[input.Id] = samples;
        _times.Add(new ServiceTime { Operator = input.Id, ServiceMs = read.ReadMs.GetValueOrDefault(input.Id) });
        _outputs.Add(new OutputProfile { Operator = input.Id, MessageBytes = MeanSize(input, samples) });
    }

    private async Task AskAsync(InferOperator op, CancellationToken cancellationToken)
    {
        var samples = _flows[op.Inputs[0]];
        var answers = await _variants.MeasureAsync(op, samples, _sizer, cancellationToken).ConfigureAwait(false);
        var results = new List<Sample>();
        foreach (var (sample, answer) in samples.Zip(answers.Spoken).Where(p => p.Second is not null))
        {
            results.Add(sample.AnsweredBy(answer!));
        }

        _flows[op.Id] = results;
        _answers[op.Id] = answers;
        _outputs.Add(new OutputProfile { Operator = op.Id, MessageBytes = MeanSize(op, results) });

        // Answers may differ in size from variant to variant, as feature vectors do.
        _outputs.AddRange(answers.Each.Select(e => new OutputProfile { Operator = op.Id, Variant = e.Variant, MessageBytes = e.Answers.Average(a => (double)_sizer.SizeOf(op.ElementType, a.Answer)) }));
    }

    /// <summary>What follows from each variant but the one that answered for what follows.</summary>
    private async Task<ImmutableArray<Consequence>> FollowAsync(CancellationToken cancellationToken)
    {
        using var speakers = await Speakers.LoadAsync(_bindings.Workflow, _answers, _options.Budget / 4, cancellationToken).ConfigureAwait(false);
        return await Timing.OnOwnThreadAsync(() => Follow(speakers, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private ImmutableArray<Consequence> Follow(Speakers speakers, CancellationToken cancellationToken)
    {
        var outputs = _outputs.Where(o => o.Variant is null).ToDictionary(o => o.Operator);
        var times = _times.ToDictionary(t => t.Operator);
        var consequences = new Consequences(_bindings.Workflow, _flows, _groups, (next, flows, groups) => Run(next, flows, groups, null), speakers.Ask, _sizer);
        var rows = ImmutableArray.CreateBuilder<Consequence>();
        var (done, total) = (0, _answers.Values.Sum(a => a.Each.Count(e => e.Variant != a.Speaker)));
        foreach (var (id, answers) in _answers)
        {
            var samples = _flows[_bindings.Workflow[id].Inputs[0]];
            var spoken = new Dictionary<Sample, object?>(samples.Zip(answers.Spoken, KeyValuePair.Create), ReferenceEqualityComparer.Instance);
            foreach (var (variant, own) in answers.Each.Where(e => e.Variant != answers.Speaker))
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows.AddRange(consequences.Of((InferOperator)_bindings.Workflow[id], variant, own, s => spoken.GetValueOrDefault(s), o => (times[o], outputs[o])));
                _progress?.Report(string.Create(CultureInfo.InvariantCulture, $"[{++done}/{total}] what follows from {id} {variant}"));
            }
        }

        return rows.ToImmutable();
    }

    /// <summary>Runs an operator over its samples until its functions are compiled as they are for long runs: .NET does that after 30 calls, in the background. Then once more, with pauses.</summary>
    private OperatorRun RunWarm(Operator op, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        for (var pass = 1; pass <= MostPasses && Stopwatch.GetElapsedTime(start) < WarmTime; pass++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Run(op, _flows, _groups, null);
        }

        return Run(op, _flows, _groups, new Pauses(cancellationToken));
    }

    private OperatorRun Run(Operator op, Dictionary<OperatorId, List<Sample>> flows, Dictionary<OperatorId, List<PartGroup>> groups, Pauses? pauses)
    {
        var samples = op.Inputs.SelectMany(i => flows[i]).ToList();
        return op switch
        {
            StatelessOperator stateless => OperatorRun.Stateless(stateless, samples, pauses),
            ExpandOperator expand => OperatorRun.Expand(expand, samples, pauses),
            RegroupOperator regroup => OperatorRun.Regroup(regroup, groups[_bindings.Workflow[op.Inputs[0]].Inputs[0]], pauses),
            ProcessOperator process => OperatorRun.Process(process, samples, pauses),
            JoinOperator join => OperatorRun.Join(join, flows[op.Inputs[0]], flows[op.Inputs[1]], pauses),
            WindowOperator window => OperatorRun.Window(window, samples, pauses),
            MergeOperator => OperatorRun.Merge(samples, pauses),
            _ => throw new NotSupportedException($"Operator '{op}' cannot be calibrated."),
        };
    }

    private void Keep(Operator op, OperatorRun run)
    {
        _flows[op.Id] = run.Results;
        _groups[op.Id] = run.Groups;
        _times.Add(new ServiceTime { Operator = op.Id, ServiceMs = run.Times.Mean, Distribution = run.Times.Count > 0 ? run.Times.Distribution() : null });
        var isOne = op.Kind is OperatorKind.Select or OperatorKind.Regroup or OperatorKind.Merge;
        _outputs.Add(new OutputProfile
        {
            Operator = op.Id,
            ResultsPerElement = isOne ? 1 : FanOut(run),
            ResultsVariance = isOne ? 0 : run.ResultsVariance,
            MessageBytes = run.Results.Count > 0 || op.Inputs.Length == 0 ? MeanSize(op, run.Results) : op.Inputs.Max(i => _outputs.First(o => o.Operator == i).MessageBytes),
            KeptBytes = run.Groups.Count > 0 ? run.Groups.Average(g => (double)_sizer.SizeOf(((ExpandOperator)op).KeptType, g.Kept)) : 0,
        });
    }

    // Of n elements that gave nothing, the next may still give something (rule of succession).
    private static double FanOut(OperatorRun run) => run.ResultsPerElement > 0 ? run.ResultsPerElement : 1.0 / (run.Taken + 1);

    private double MeanSize(Operator op, List<Sample> samples) => _sizer.MeanSizeOf(op.ElementType, samples.Where(s => !s.IsLeadIn).Select(s => s.Value));
}
