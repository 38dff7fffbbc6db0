using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Pools;

/// <summary>Workers that can stand in for each other in every plan.</summary>
/// <param name="Workers">By id.</param>
/// <param name="Type">Their type.</param>
/// <param name="IsNeeded">Whether a source or a sink is bound to it, so that it is paid whatever else runs on it.</param>
internal sealed record Pool(ImmutableArray<WorkerId> Workers, WorkerType Type, bool IsNeeded)
{
    public Tier Tier => Type.Tier;

    public int Count => Workers.Length;
}
