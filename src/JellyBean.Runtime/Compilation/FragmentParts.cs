using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Inference;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Compilation;

/// <summary>What a fragment's graph is made of besides the plan: opened sources and sinks, loaded variants, meters.</summary>
internal sealed record FragmentParts
{
    public required ImmutableDictionary<SourceId, SourceReader> Readers { get; init; }

    public required ImmutableDictionary<OperatorId, InferencePool> Pools { get; init; }

    public required ImmutableDictionary<OperatorId, BoundSink> Sinks { get; init; }

    /// <summary>Sinks that are closed on another worker first: how to open them.</summary>
    public ImmutableDictionary<OperatorId, Func<Task>> SinksToOpen { get; init; } = ImmutableDictionary<OperatorId, Func<Task>>.Empty;

    public required FragmentMeters Meters { get; init; }

    public required FragmentCompletion Completion { get; init; }

    public required FragmentSnapshots Snapshots { get; init; }

    public required FragmentLinks Links { get; init; }

    /// <summary>Where other nodes keep copies of snapshots.</summary>
    public required ImmutableSortedDictionary<WorkerId, NodeAddress> Peers { get; init; }

    /// <summary>What must be disposed once no stage uses it any more.</summary>
    public required Belongings Belongings { get; init; }

    /// <summary>How it takes the place of what ran before; null if it begins by itself.</summary>
    public Succession? Succession { get; init; }

    /// <summary>Names what goes on with what is here: sources, sinks and loaded variants pass over when the stages that use them end at the switch.</summary>
    public void PassTo(FragmentParts heir)
    {
        Belongings.PassTo(heir.Belongings);
        foreach (var (op, pool) in Pools)
        {
            pool.Heir = heir.Pools.GetValueOrDefault(op);
        }
    }

    /// <summary>The plan of <paramref name="heir"/> was given up before its time.</summary>
    public void Disinherit(FragmentParts heir)
    {
        Belongings.Disinherit(heir.Belongings);
        foreach (var (op, pool) in Pools)
        {
            pool.Heir = pool.Heir == heir.Pools.GetValueOrDefault(op) ? null : pool.Heir;
        }
    }
}
