using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Telemetry;

/// <summary>What the meters of one worker's fragment show. Counts are since the fragment began.</summary>
/// <param name="Epoch">The plan in force.</param>
/// <param name="Worker">The worker.</param>
/// <param name="Sources">The sources attached to it.</param>
/// <param name="Stages">Its operators.</param>
/// <param name="Links">The routes that leave it.</param>
/// <param name="Outputs">Its outputs.</param>
/// <param name="Failures">What failed on it.</param>
public sealed record FragmentReport(
    long Epoch,
    WorkerId Worker,
    ImmutableArray<SourceReport> Sources,
    ImmutableArray<StageReport> Stages,
    ImmutableArray<LinkReport> Links,
    ImmutableArray<OutputReport> Outputs,
    FailureReport Failures)
{
    /// <summary>The number of the last change of what runs in place that is in force; 0 where all runs as planned.</summary>
    public long Revision { get; init; }

    /// <summary>What the process that it runs in takes of its machine.</summary>
    public ProcessLoad Process { get; init; }
}

/// <summary>What a process takes of its machine; nodes of one process show the same.</summary>
/// <param name="CpuSeconds">Processor time since it began.</param>
/// <param name="MemoryBytes">Memory that it holds.</param>
public readonly record struct ProcessLoad(double CpuSeconds, long MemoryBytes)
{
    /// <summary>Of this process, now.</summary>
    internal static ProcessLoad Now => new(Environment.CpuUsage.TotalTime.TotalSeconds, Environment.WorkingSet);
}

/// <summary>What a source did.</summary>
/// <param name="Source">The source.</param>
/// <param name="Offered">Elements it offered: each has a number.</param>
/// <param name="Dropped">Of them, dropped by its overload policy.</param>
/// <param name="Ended">Whether it has ended.</param>
/// <param name="Fault">Why it ended before its time; null if it did not.</param>
/// <param name="BusySeconds">Useful time that its elements took to make, as far as it tells; also in its input's <see cref="StageReport"/>.</param>
/// <param name="DamageReports">How often it met damage, concealed or not.</param>
public sealed record SourceReport(SourceId Source, long Offered, long Dropped, bool Ended, SourceFault? Fault, double BusySeconds, long DamageReports)
{
    /// <summary>Of those it offered, how many it had before the run went on from a snapshot; 0 where the run began anew.</summary>
    public long Earlier { get; init; }

    /// <summary>The number of the first of those it offered: 0, but after a crash a live source goes on with numbers that nothing had before.</summary>
    public long First { get; init; }

    /// <summary>Whether it is live: what it offered cannot be read again.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether it drops under overload; one that waits instead is only ever late.</summary>
    public bool CanDrop { get; init; }

    /// <summary>Of those dropped, how many because less was let in than it offered.</summary>
    public long Shed { get; init; }

    /// <summary>Elements that it has offered and that are not admitted yet.</summary>
    public int Waiting { get; init; }

    /// <summary>How long the oldest of them has waited, milliseconds; 0 where none waits.</summary>
    public double OldestMs { get; init; }

    /// <summary>Of those dropped, how many because the overload policy takes only so many per second.</summary>
    public long Sampled { get; init; }

    /// <summary>Of those dropped, how many because the run was ended at once.</summary>
    public long CutOff { get; init; }

    /// <summary>Of those dropped, how many because newer ones took their place while the workflow was slower.</summary>
    public long Overtaken => Dropped - Shed - Sampled - CutOff;

    /// <summary>Elements that it offers per second now; 0 where that is not known.</summary>
    public double PerSecond { get; init; }

    /// <summary>How long ago it offered the last one, milliseconds; null before the first.</summary>
    public double? LastMs { get; init; }

    /// <summary>Of a live source, from when an element was taken to when it was let in, milliseconds.</summary>
    public Distribution CaptureMs { get; init; } = Distribution.Empty;

    /// <summary>The pace that it keeps to by itself, and how far it is behind; null where it gives what is taken.</summary>
    public SourcePace? Pace { get; init; }

    /// <summary>Whether it is held up by order.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether it was removed from the run: all that it had offered was let in before, and is processed.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>How it is doing; null for a source that cannot lose what it reads.</summary>
    public SourceHealth? Health { get; init; }
}

/// <summary>What an operator did on a worker.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variant">The variant in force; null where the operator asks no model.</param>
/// <param name="In">Elements taken.</param>
/// <param name="Out">Elements given.</param>
/// <param name="Failed">Elements that failed.</param>
/// <param name="Late">Elements that came late.</param>
/// <param name="Queue">Elements it holds now.</param>
/// <param name="Batches">Batches run; equal to <paramref name="In"/> where the operator asks no model.</param>
/// <param name="BusySeconds">Useful time: inside the model or the user's function, over all instances; of an input what its sources tell.</param>
/// <param name="WaitMs">From an element's arrival to the start of its batch, milliseconds.</param>
/// <param name="ServiceMs">Of a batch, milliseconds.</param>
/// <param name="BatchSize">Elements in a batch.</param>
public sealed record StageReport(
    OperatorId Operator,
    string? Variant,
    long In,
    long Out,
    long Failed,
    long Late,
    long Queue,
    long Batches,
    double BusySeconds,
    Distribution WaitMs,
    Distribution ServiceMs,
    Distribution BatchSize)
{
    /// <summary>How many elements or batches it works on at once.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>How long the oldest element that nobody works on has waited, milliseconds; 0 where none waits. Only where the operator asks a model.</summary>
    public double OldestMs { get; init; }

    /// <summary>How long ago its source let that element in, milliseconds: what it has of its latency already; 0 where none waits. Only where the operator asks a model.</summary>
    public double OldestAgeMs { get; init; }

    /// <summary>Time in which what follows did not ask: results were there that nobody took, or nothing more was begun for it. The mean of its instances; of an input, of its sources.</summary>
    public double BlockedSeconds { get; init; }

    /// <summary>The part of the last second or so that was such time, 0 to 1. Near 1 where what follows is slower than what comes: look behind it for what is slow, not at it.</summary>
    public double BlockedShare { get; init; }

    /// <summary>The variants that could take the place of <see cref="Variant"/> at once, because they are loaded.</summary>
    public ImmutableArray<string> Ready { get; init; } = [];

    /// <summary>How the number went that the workflow watches of the model's answers; null where it watches none, or none has come.</summary>
    public ProxyReport? Proxy { get; init; }

    /// <inheritdoc />
    public bool Equals(StageReport? other) =>
        other is not null && (Operator, Variant, In, Out, Failed, Late, Queue, Batches) == (other.Operator, other.Variant, other.In, other.Out, other.Failed, other.Late, other.Queue, other.Batches)
        && (BusySeconds, WaitMs, ServiceMs, BatchSize, Instances, OldestMs) == (other.BusySeconds, other.WaitMs, other.ServiceMs, other.BatchSize, other.Instances, other.OldestMs)
        && (OldestAgeMs, BlockedSeconds, BlockedShare) == (other.OldestAgeMs, other.BlockedSeconds, other.BlockedShare) && Proxy == other.Proxy && Ready.SequenceEqual(other.Ready);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Operator, Variant, In, Out, Queue);
}

/// <summary>What a route carried to another worker.</summary>
/// <param name="From">The operator whose elements it carries.</param>
/// <param name="To">The operator that takes them.</param>
/// <param name="ToWorker">Where that runs.</param>
/// <param name="Elements">Elements sent.</param>
/// <param name="Bytes">Their size as encoded for a link: what the planner reckons with.</param>
/// <param name="WireBytes">Bytes written to the network, with headers, frontiers and what was sent again; 0 inside a process.</param>
/// <param name="Reconnects">How often the connection broke and was made again.</param>
/// <param name="Resent">Frames that were sent again for it.</param>
/// <param name="RoundTripMs">From a question to the other end to its answer, milliseconds.</param>
public sealed record LinkReport(
    OperatorId From,
    OperatorId To,
    WorkerId ToWorker,
    long Elements,
    long Bytes,
    long WireBytes,
    long Reconnects,
    long Resent,
    Distribution RoundTripMs)
{
    /// <summary>What it delivers; nothing inside a process.</summary>
    public LinkDelivery Delivery { get; init; }

    /// <summary>Time in which it had an element and no room for it: the receiver gave no credit, or all that it may hold was on the way.</summary>
    public double BlockedSeconds { get; init; }

    /// <summary>The part of the last second or so that was such time, 0 to 1.</summary>
    public double BlockedShare { get; init; }

    /// <summary>How long ago its source let the element in that has no room, milliseconds; 0 where there is room.</summary>
    public double OldestAgeMs { get; init; }
}

/// <summary>What an output gave.</summary>
/// <param name="Output">The output.</param>
/// <param name="Results">Results written.</param>
/// <param name="Retries">Writes that the sink refused and that were tried again.</param>
/// <param name="LatencyMs">From a source's admission of an element to its result at the sink, milliseconds.</param>
/// <param name="Settled">How far each source is settled at this output.</param>
public sealed record OutputReport(OperatorId Output, long Results, long Retries, Distribution LatencyMs, ImmutableArray<SettledSource> Settled);

/// <summary>How far a source is settled.</summary>
/// <param name="Source">The source.</param>
/// <param name="Number">The last settled number; -1 before the first.</param>
public readonly record struct SettledSource(SourceId Source, long Number)
{
    /// <summary>Of a live source, from when an element was taken to its result at the sink, milliseconds; results of several elements are left out.</summary>
    public Distribution TakenMs { get; init; } = Distribution.Empty;
}
