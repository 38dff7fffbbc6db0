using System.Collections.Immutable;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>How far a run is, over all nodes. Counts are since it began.</summary>
/// <remarks>While the run is on, the nodes' parts are of slightly different moments; once it is complete they are exact.</remarks>
public sealed record RunReport
{
    /// <summary>The number of the plan in force.</summary>
    public required long Epoch { get; init; }

    /// <summary>Since elements were let in.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Whether every source has ended and every result is written.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>What each node reported last, by worker.</summary>
    public required ImmutableArray<FragmentReport> Fragments { get; init; }

    /// <summary>What became of its snapshots; null where none are taken.</summary>
    public SnapshotReport? Snapshots { get; init; }

    /// <summary>What was changed while elements flowed, without another plan, the latest last; those long ago are left out.</summary>
    public ImmutableArray<AdaptationRecord> Adaptations { get; init; } = [];

    /// <summary>What became of each source's elements, by source. Worked out at every call.</summary>
    public ImmutableArray<SourceProgress> Sources => SourceProgress.Of(Fragments, Past);

    /// <summary>What outputs lack of live sources after crashes, the latest last. Bounded: <see cref="SourceProgress.Lost"/> counts all.</summary>
    public ImmutableArray<OutputGap> Gaps { get; init; } = [];

    /// <summary>What became of live sources' elements under plans that crashes had ended.</summary>
    internal ImmutableArray<SourceProgress> Past { get; init; } = [];

    /// <summary>Elements processed per second, over all sources, since the run began, or since it went on from a snapshot.</summary>
    public double ProcessedPerSecond =>
        Elapsed > TimeSpan.Zero ? Math.Max(0, SourceProgress.Of(Fragments).Sum(s => s.Processed) - Fragments.SelectMany(f => f.Sources).Sum(s => s.Earlier)) / Elapsed.TotalSeconds : 0;

    /// <summary>What each output gave, by output.</summary>
    public IEnumerable<OutputReport> Outputs => Fragments.SelectMany(f => f.Outputs).OrderBy(o => o.Output);

    /// <summary>Why elements failed, by operator; a kind of cause comes once for each worker where it was met.</summary>
    public IEnumerable<FailureCause> FailureCauses => Fragments.SelectMany(f => f.Failures.Causes).OrderBy(c => c.Operator);

    /// <summary>Failures of kinds of causes that are not among <see cref="FailureCauses"/>: each worker lists those it met first.</summary>
    public long FailuresOfOtherCauses => Fragments.Sum(f => f.Failures.OfOtherCauses);

    /// <summary>What each operator did on each worker that runs it.</summary>
    public IEnumerable<StageReport> StagesOf(OperatorId op) => Fragments.SelectMany(f => f.Stages).Where(s => s.Operator == op);

    /// <inheritdoc />
    public bool Equals(RunReport? other) =>
        other is not null && Epoch == other.Epoch && Elapsed == other.Elapsed && IsComplete == other.IsComplete && Snapshots == other.Snapshots
        && Adaptations.SequenceEqual(other.Adaptations) && Fragments.SequenceEqual(other.Fragments) && Gaps.SequenceEqual(other.Gaps) && Past.SequenceEqual(other.Past);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Epoch, Elapsed, IsComplete, Fragments.Length);
}
