using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Costs;

/// <summary>How long operators' runs take and what they hold, on each type of machine.</summary>
public sealed class ServiceTable
{
    private readonly PlanningProblem _problem;
    private readonly WorkflowRates _rates;
    private readonly Dictionary<(OperatorId, string?, int, WorkerTypeId?), double> _times;
    private readonly Dictionary<(OperatorId, string?, int, WorkerTypeId?), ServiceTime> _spreads;
    private readonly Dictionary<(OperatorId, string?), long> _memory;
    private readonly Interference _interference;

    /// <summary>Reads a problem's profile; the problem must be valid.</summary>
    public ServiceTable(PlanningProblem problem, WorkflowRates rates)
    {
        _problem = problem;
        _rates = rates;
        _times = problem.Profile.ServiceTimes.ToDictionary(t => (t.Operator, t.Variant, t.BatchSize, t.WorkerType), t => t.ServiceMs);
        _spreads = problem.Profile.ServiceTimes.Where(t => t.Distribution is not null).ToDictionary(t => (t.Operator, t.Variant, t.BatchSize, t.WorkerType));
        _interference = new Interference(problem);
        _memory = problem.Profile.Footprints.ToDictionary(f => (f.Operator, f.Variant), f => f.MemoryBytes);
    }

    /// <summary>The ways an operator can run, by variant in the order given, then by batch size; one way without a variant where it asks no model.</summary>
    public ImmutableArray<Way> WaysOf(Operator op)
    {
        if (op is not InferOperator infer)
        {
            return [new Way(null, 1)];
        }

        return [.. infer.Variants.SelectMany(v => _problem.Profile.ServiceTimes
            .Where(t => t.Operator == op.Id && t.Variant == v.Name)
            .Select(t => t.BatchSize).Distinct().Order()
            .Select(b => new Way(v.Name, b)))];
    }

    /// <summary>Milliseconds of one run on one core of a machine; null where nothing is known of that way there.</summary>
    /// <remarks>A row for the machine's type counts as it is; else the profiled machine's row, longer for what keeps other cores busy, is divided by the type's speed factor. A machine that is only for sources runs nothing else.</remarks>
    public double? RunMs(Operator op, Way way, WorkerType type)
    {
        if (type.IsSourceOnly)
        {
            return op.Kind is OperatorKind.Input ? 0 : null;
        }

        if (_times.TryGetValue((op.Id, way.Variant, way.BatchSize, type.Id), out var own))
        {
            return own;
        }

        if (_times.TryGetValue((op.Id, way.Variant, way.BatchSize, null), out var profiled))
        {
            return profiled / type.SpeedFactor * _interference.On(type, op.Id, way);
        }

        return op.Kind is OperatorKind.Input or OperatorKind.Merge or OperatorKind.Output ? 0 : null;
    }

    /// <summary>Cores that an operator would keep busy if all its elements were taken on machines of a type, in full batches; null where nothing is known of that way there.</summary>
    /// <remarks>Rate × time per element: JellyBean (VLDB 2023) divides a rate by a measured throughput, which is the same for batches of 1.</remarks>
    public double? Cores(Operator op, Way way, WorkerType type) => RunMs(op, way, type) * _rates.Taken(op.Id) / (1000.0 * way.BatchSize);

    /// <summary>Bytes that one instance holds.</summary>
    public long MemoryBytes(Operator op, Way way) => _memory.GetValueOrDefault((op.Id, way.Variant));

    /// <summary>How runs spread about their mean: their squared coefficient of variation, and the measured p99 as a multiple of the mean; 0 and 1 where it was not measured.</summary>
    public (double Variation, double P99) Spread(Operator op, Way way, WorkerType type)
    {
        var row = _spreads.GetValueOrDefault((op.Id, way.Variant, way.BatchSize, type.Id)) ?? _spreads.GetValueOrDefault((op.Id, way.Variant, way.BatchSize, null));
        return row is { Distribution: { } measured, ServiceMs: > 0 and var mean } ? (measured.Variance / (mean * mean), Math.Max(1, measured.P99Ms / mean)) : (0, 1);
    }

    /// <summary>Estimated milliseconds that an element's bytes take over a link; 0 where there is no link, inside a tier.</summary>
    public static double TransferMs(double bytesPerElement, TierLink? link) =>
        link is null ? 0 : (link.RoundTrip.TotalMilliseconds / 2) + (1000 * bytesPerElement / link.BytesPerSecond);

    /// <summary>Price per hour of sending over a link, in the catalogue's currency.</summary>
    /// <remarks>Bytes per second × 3600 / 2^30 × price per GiB, as in JellyBean (VLDB 2023); there per pair of workers, here per pair of tiers.</remarks>
    public static double NetworkPerHour(double bytesPerSecond, TierLink? link) => link is null ? 0 : bytesPerSecond * 3600 / (1L << 30) * link.PricePerGib;

    /// <summary>Most instances of an operator side by side on a machine.</summary>
    public static int MostParallel(Operator op, WorkerType type) => op switch
    {
        ProcessOperator { IsPartitionable: false } or JoinOperator { IsPartitionable: false } or WindowOperator { IsPartitionable: false } or OutputOperator => 1,
        _ => Math.Max(1, (int)Math.Ceiling(type.Cores)),
    };

    /// <summary>Whether each input of an operator is divided among its workers as the operator is: what will be joined must meet, and proportions are the same for all.</summary>
    public static bool TakesInputsAlike(Operator op, PlanningOptions options) => op is JoinOperator || options.Routing == Routing.Proportional;

    /// <summary>Whether all of an operator's elements must be on one worker.</summary>
    public static bool IsWhole(Operator op, PlanningOptions options) => op switch
    {
        InputOperator => false,
        _ when !options.AllowSplits => true,
        ProcessOperator { IsPartitionable: true } or JoinOperator { IsPartitionable: true } or WindowOperator { IsPartitionable: true } => !options.AllowKeySplits,
        _ => op.Kind is OperatorKind.Process or OperatorKind.Join or OperatorKind.Window or OperatorKind.Regroup or OperatorKind.Output,
    };
}

/// <summary>One way an operator can run.</summary>
/// <param name="Variant">The variant of its model; null where it asks none.</param>
/// <param name="BatchSize">Most elements in one run.</param>
public sealed record Way(string? Variant, int BatchSize);
