using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Planning.Replanning;

/// <summary>Whether another plan is worth moving to, asked of whoever can plan.</summary>
/// <param name="State">What was measured; the answer tells how far service times have drifted.</param>
/// <param name="Runs">How long runs took since it was asked last.</param>
/// <param name="Now">When it is asked, by the clock of the state.</param>
/// <param name="Options">What another plan must save.</param>
public sealed record ReplanQuestion(ReplanState State, ImmutableArray<MeasuredRun> Runs, TimeSpan Now, ReplanOptions Options)
{
    /// <summary>What nodes take of their machines; nothing is decided from it.</summary>
    public ImmutableArray<MeasuredNode> Nodes { get; init; } = [];

    /// <summary>Operators and lines that wait for what follows them, those that wait the longest first; nothing is decided from it.</summary>
    public ImmutableArray<HeldBack> HeldBack { get; init; } = [];

    /// <summary>The element that waits and has used up the most of what its results may take; null where none does, or nothing is asked for. Nothing is decided from it.</summary>
    public MeasuredAge? Oldest { get; init; }

    /// <summary>What is slow; null where everything keeps up. It is told with what is decided.</summary>
    public Bottleneck? Bottleneck { get; init; }
}

/// <summary>What a node's process takes of its machine.</summary>
/// <param name="Worker">The machine.</param>
/// <param name="CpuShare">Part of its cores.</param>
/// <param name="MemoryBytes">Memory that it holds.</param>
public readonly record struct MeasuredNode(WorkerId Worker, double CpuShare, long MemoryBytes);
