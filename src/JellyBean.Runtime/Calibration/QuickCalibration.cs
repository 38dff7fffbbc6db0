using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;

namespace JellyBean.Runtime.Calibration;

/// <summary>Measures, on this machine and in seconds, what planning needs to know of a workflow: times, sizes, fan-outs, memory.</summary>
/// <remarks>
/// Elements go through the graph on one thread. Where a model has several variants, the slowest answers for what follows, as it finds the most.
/// Sinks are not touched. Accuracy needs a truth, so it is not measured here.
/// </remarks>
public sealed class QuickCalibration
{
    // Where no sample reached a model, as when nothing is seen in the first pictures: what little follows should still be planned.
    private const double AssumedMs = 1;

    private readonly WorkflowBindings _bindings;
    private readonly MessageSizer _sizer;
    private readonly CalibrationOptions _options;
    private readonly IProgress<string>? _progress;
    private readonly Dictionary<OperatorId, List<Sample>> _flows = [];
    private readonly Dictionary<OperatorId, List<PartGroup>> _groups = [];
    private readonly ImmutableArray<ServiceTime>.Builder _times = ImmutableArray.CreateBuilder<ServiceTime>();
    private readonly ImmutableArray<Footprint>.Builder _footprints = ImmutableArray.CreateBuilder<Footprint>();
    private readonly ImmutableArray<OutputProfile>.Builder _outputs = ImmutableArray.CreateBuilder<OutputProfile>();
    private readonly List<string> _assumed = [];

    private QuickCalibration(WorkflowBindings bindings, MessageSizer sizer, CalibrationOptions options, IProgress<string>? progress)
    {
        _bindings = bindings;
        _sizer = sizer;
        _options = options;
        _progress = progress;
    }

    /// <summary>Feeds the first elements of the real sources through the workflow and measures each operator.</summary>
    /// <param name="bindings">The workflow and its sources; they are opened and closed again.</param>
    /// <param name="sizer">Knows the program's payloads.</param>
    /// <param name="options">How much is looked at.</param>
    /// <param name="progress">A line per step; null if nobody reads them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceException">A source cannot be read.</exception>
    /// <exception cref="ModelLoadException">A variant cannot be loaded.</exception>
    /// <exception cref="CalibrationException">A variant fails on everything it is asked, or there are no sources.</exception>
    public static async Task<Profile> MeasureAsync(
        WorkflowBindings bindings, MessageSizer sizer, CalibrationOptions options, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        ArgumentNullException.ThrowIfNull(sizer);
        ArgumentNullException.ThrowIfNull(options);
        if (bindings.Sources.IsEmpty)
        {
            throw new CalibrationException($"Workflow '{bindings.Workflow.Name}' has no source to calibrate with. Configure at least one.");
        }

        return await new QuickCalibration(bindings, sizer, options, progress).MeasureAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Profile> MeasureAsync(CancellationToken cancellationToken)
    {
        var workflow = _bindings.Workflow;
        var read = await SampleReader.ReadAsync(_bindings, _options, cancellationToken).ConfigureAwait(false);
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
                // Twice: the first pass compiles the functions.
                await Timing.OnOwnThreadAsync(() => Run(op), cancellationToken).ConfigureAwait(false);
                Keep(op, await Timing.OnOwnThreadAsync(() => Run(op), cancellationToken).ConfigureAwait(false));
            }
        }

        return new Profile
        {
            Provenance = string.Create(
                CultureInfo.InvariantCulture,
                $"quick calibration, {read.Samples.Length} elements of {string.Join(", ", _bindings.Sources.Keys.Order())}, {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm}Z{string.Concat(_assumed)}"),
            Machine = ThisMachine.Fingerprint,
            ServiceTimes = _times.ToImmutable(),
            Footprints = _footprints.ToImmutable(),
            Outputs = _outputs.ToImmutable(),
        };
    }

    private void Take(InputOperator input, SampleSet read)
    {
        var sources = _bindings.Sources.Where(s => s.Value.Input.Id == input.Id).Select(s => s.Key).ToHashSet();
        var samples = read.Samples.Where(s => sources.Contains(s.Source)).ToList();
        _flows[input.Id] = samples;
        _times.Add(new ServiceTime { Operator = input.Id, ServiceMs = read.ReadMs.GetValueOrDefault(input.Id) });
        _outputs.Add(new OutputProfile { Operator = input.Id, MessageBytes = MeanSize(samples) });
    }

    private async Task AskAsync(InferOperator op, CancellationToken cancellationToken)
    {
        var samples = _flows[op.Inputs[0]];
        var runs = new List<VariantRun>();
        var models = _bindings.Workflow.Operators.OfType<InferOperator>().Sum(o => o.Variants.Length);
        foreach (var variant in op.Variants)
        {
            var run = await VariantRun.MeasureAsync(op, variant, samples, _options.Budget / models, cancellationToken).ConfigureAwait(false);
            if (samples.Count > 0 && run.Milliseconds.Count == 0)
            {
                throw new CalibrationException($"Variant '{variant.Name}' of operator '{op.Id}' failed on each of {samples.Count} elements, last with: {run.Failure}");
            }

            runs.Add(run);
            _footprints.Add(new Footprint { Operator = op.Id, Variant = variant.Name, MemoryBytes = run.MemoryBytes, LoadTime = run.LoadTime });
            _times.AddRange(run.Milliseconds.Select(m => new ServiceTime { Operator = op.Id, Variant = variant.Name, BatchSize = m.Key, ServiceMs = m.Value }));
            _progress?.Report(Describe(op, run));
        }

        if (samples.Count == 0)
        {
            _assumed.Add(string.Create(CultureInfo.InvariantCulture, $"; nothing reached '{op.Id}', {AssumedMs} ms assumed"));
            _times.AddRange(op.Variants.Select(v => new ServiceTime { Operator = op.Id, Variant = v.Name, ServiceMs = AssumedMs }));
        }

        var results = new List<Sample>();
        var slowest = runs.MaxBy(r => r.Milliseconds.GetValueOrDefault(1))!;
        foreach (var (sample, answer) in samples.Zip(slowest.Answers).Where(p => p.Second is not null))
        {
            sample.Group?.Answers[sample.Part] = answer;
            results.Add(sample with { Value = answer! });
        }

        _flows[op.Id] = results;
        _outputs.Add(new OutputProfile { Operator = op.Id, MessageBytes = MeanSize(results) });

        // Answers may differ in size from variant to variant, as feature vectors do.
        _outputs.AddRange(runs.Where(r => r.Answers.Any(a => a is not null)).Select(r => new OutputProfile
        {
            Operator = op.Id,
            Variant = r.Variant,
            MessageBytes = r.Answers.OfType<object>().Average(a => (double)_sizer.SizeOf(a)),
        }));
    }

    private OperatorRun Run(Operator op)
    {
        var samples = op.Inputs.SelectMany(i => _flows[i]).ToList();
        return op switch
        {
            StatelessOperator stateless => OperatorRun.Stateless(stateless, samples),
            ExpandOperator expand => OperatorRun.Expand(expand, samples),
            RegroupOperator regroup => OperatorRun.Regroup(regroup, _groups[_bindings.Workflow[op.Inputs[0]].Inputs[0]]),
            ProcessOperator process => OperatorRun.Process(process, samples),
            JoinOperator join => OperatorRun.Join(join, _flows[op.Inputs[0]], _flows[op.Inputs[1]]),
            WindowOperator window => OperatorRun.Window(window, samples),
            MergeOperator => OperatorRun.Merge(samples),
            _ => throw new NotSupportedException($"Operator '{op}' cannot be calibrated."),
        };
    }

    private void Keep(Operator op, OperatorRun run)
    {
        _flows[op.Id] = run.Results;
        _groups[op.Id] = run.Groups;
        _times.Add(new ServiceTime { Operator = op.Id, ServiceMs = Timing.Median(run.Milliseconds) });
        _outputs.Add(new OutputProfile
        {
            Operator = op.Id,
            ResultsPerElement = FanOut(op, run),
            MessageBytes = run.Results.Count > 0 || op.Inputs.Length == 0 ? MeanSize(run.Results) : op.Inputs.Max(i => _outputs.First(o => o.Operator == i).MessageBytes),
            KeptBytes = run.Groups.Count > 0 ? run.Groups.Average(g => (double)_sizer.SizeOf(g.Kept)) : 0,
        });
    }

    private static double FanOut(Operator op, OperatorRun run)
    {
        if (op.Kind is OperatorKind.Select or OperatorKind.Regroup or OperatorKind.Merge)
        {
            return 1;
        }

        // Of n elements that gave nothing, the next may still give something (rule of succession).
        return run.Results.Count > 0 ? (double)run.Results.Count / run.Taken : 1.0 / (run.Taken + 1);
    }

    private double MeanSize(List<Sample> samples) => samples.Count > 0 ? samples.Average(s => (double)_sizer.SizeOf(s.Value)) : 0;

    private static string Describe(InferOperator op, VariantRun run) => run.Milliseconds.Count > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{op.Id} {run.Variant}: {string.Join(", ", run.Milliseconds.Select(m => $"{m.Value.ToString("0.00", CultureInfo.InvariantCulture)} ms for {m.Key}"))}")
        : $"{op.Id} {run.Variant}: nothing to measure with";
}
