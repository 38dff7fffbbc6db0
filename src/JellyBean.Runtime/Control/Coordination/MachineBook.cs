using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What each workflow of a cluster has of its machines, as far as whoever coordinates knows. Thread-safe.</summary>
/// <remarks>
/// Several plan at the same time: whose plan is made first has what it takes, until its coordinator says what came of it. A machine is paid once: by the workflow that has had it the longest, as far as whoever coordinates
/// knows; when that one lets go of it, by the next.
/// </remarks>
internal sealed class MachineBook
{
    // Rates and times are rounded on their way through a plan's text.
    private const double Tolerance = 1e-6;

    private readonly Lock _gate = new();
    private ImmutableDictionary<string, Entry> _entries = ImmutableDictionary<string, Entry>.Empty;
    private ImmutableDictionary<string, string> _successors = ImmutableDictionary<string, string>.Empty;
    private long _changes;

    /// <summary>What all others have.</summary>
    public ImmutableSortedDictionary<WorkerId, MachineShare> TakenBut(string workflow)
    {
        lock (_gate)
        {
            return Others(workflow);
        }
    }

    /// <summary>The machines that a workflow may use and others are charged for.</summary>
    public ImmutableSortedSet<WorkerId> PaidByOthers(string workflow)
    {
        lock (_gate)
        {
            var own = Of(workflow).Since;
            return [.. _entries.Where(e => e.Key != workflow).SelectMany(e => e.Value.Since).Where(m => m.Value < own.GetValueOrDefault(m.Key, long.MaxValue)).Select(m => m.Key)];
        }
    }

    /// <summary>What a workflow has by the plans that are in force for it, or about to be.</summary>
    public void Hold(string workflow, ImmutableDictionary<WorkerId, MachineShare> shares)
    {
        lock (_gate)
        {
            Set(workflow, shares, Of(workflow).Reserved);
        }
    }

    /// <summary>One takes the place of another: what the one reads the other does not, so together they need no more cores than either. Memory they need both.</summary>
    /// <param name="workflow">The one that takes.</param>
    /// <param name="former">The other one; null once it has, or has given up.</param>
    public void Succeed(string workflow, string? former)
    {
        lock (_gate)
        {
            _successors = former is null ? _successors.Remove(workflow) : _successors.SetItem(workflow, former);
        }
    }

    /// <summary>Keeps what a new plan takes, if it is still there.</summary>
    /// <returns>The machines that have not enough of it; nothing is kept if there is one.</returns>
    public ImmutableArray<WorkerId> Reserve(string workflow, Plan plan, ImmutableArray<NodeDescription> members)
    {
        var nodes = members.ToDictionary(m => m.Worker);
        var wanted = Of(plan, nodes.GetValueOrDefault);
        lock (_gate)
        {
            var others = Others(workflow);
            ImmutableArray<WorkerId> missing =
            [
                .. from want in wanted
                   where others.ContainsKey(want.Key)
                   let sum = want.Value + others[want.Key]
                   let node = nodes[want.Key]
                   where sum.Cores > node.Cores * (1 + Tolerance) || sum.MemoryBytes > node.MemoryBytes
                   orderby want.Key
                   select want.Key,
            ];
            if (missing.IsEmpty)
            {
                Set(workflow, Of(workflow).Held, wanted);
            }

            return missing;
        }
    }

    /// <summary>What was reserved last is held by now, or will not be wanted.</summary>
    public void Release(string workflow)
    {
        lock (_gate)
        {
            Set(workflow, Of(workflow).Held, None);
        }
    }

    /// <summary>What a plan takes of the machines whose nodes are known.</summary>
    public static ImmutableDictionary<WorkerId, MachineShare> Of(Plan plan, Func<WorkerId, NodeDescription?> nodeOf) =>
        (from worker in plan.Workers
         let node = nodeOf(worker.Worker)
         where node is not null
         select (worker.Worker, Share: new MachineShare(worker.Utilisation * node.Cores, worker.MemoryBytes))).ToImmutableDictionary(s => s.Worker, s => s.Share);

    /// <summary>Of each machine the most that one of several plans takes: of those that follow each other, one runs at a time.</summary>
    public static ImmutableDictionary<WorkerId, MachineShare> Most(IEnumerable<ImmutableDictionary<WorkerId, MachineShare>> shares) =>
        shares.SelectMany(s => s).GroupBy(s => s.Key)
            .ToImmutableDictionary(g => g.Key, g => new MachineShare(g.Max(s => s.Value.Cores), g.Max(s => s.Value.MemoryBytes)));

    private static ImmutableDictionary<WorkerId, MachineShare> None => ImmutableDictionary<WorkerId, MachineShare>.Empty;

    private Entry Of(string workflow) => _entries.GetValueOrDefault(workflow) ?? new Entry(None, None, ImmutableDictionary<WorkerId, long>.Empty);

    private void Set(string workflow, ImmutableDictionary<WorkerId, MachineShare> held, ImmutableDictionary<WorkerId, MachineShare> reserved)
    {
        var since = Of(workflow).Since;
        var machines = held.Keys.Union(reserved.Keys).ToList();
        _changes++;
        _entries = machines.Count == 0
            ? _entries.Remove(workflow)
            : _entries.SetItem(workflow, new Entry(held, reserved, machines.ToImmutableDictionary(m => m, m => since.GetValueOrDefault(m, _changes))));
    }

    private ImmutableSortedDictionary<WorkerId, MachineShare> Others(string workflow) =>
        _entries.Where(e => e.Key != workflow)
            .SelectMany(e => Most([e.Value.Held, e.Value.Reserved]).Select(m => IsPair(e.Key, workflow) ? KeyValuePair.Create(m.Key, m.Value with { Cores = 0 }) : m)).GroupBy(s => s.Key)
            .ToImmutableSortedDictionary(g => g.Key, g => g.Aggregate(default(MachineShare), (sum, s) => sum + s.Value));

    private bool IsPair(string one, string other) => _successors.GetValueOrDefault(one) == other || _successors.GetValueOrDefault(other) == one;

    /// <param name="Held">By plans that are in force, or about to be.</param>
    /// <param name="Reserved">By a plan of which nobody has heard yet what came of it.</param>
    /// <param name="Since">Each machine's change of the book with which the workflow got it.</param>
    private sealed record Entry(ImmutableDictionary<WorkerId, MachineShare> Held, ImmutableDictionary<WorkerId, MachineShare> Reserved, ImmutableDictionary<WorkerId, long> Since);
}
