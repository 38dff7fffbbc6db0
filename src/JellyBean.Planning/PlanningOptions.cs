using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning;

/// <summary>What the planner may do, what it looks for, and how long it may take.</summary>
/// <remarks>Each freedom is an option of its own, so that what it saves can be told. <see cref="PlanningModes"/> names the combinations that were published or are compared with them.</remarks>
public sealed record PlanningOptions
{
    /// <summary>Most of a worker's cores, and of a shared host's, that may be busy on average.</summary>
    /// <value>Above 0 to 1; 0.8 unless set. Higher values cost less and leave less for bursts.</value>
    public double UtilisationCap { get; init; } = 0.8;

    /// <summary>How unevenly sources' elements come, for latencies: the variance of their number in a long time as a multiple of its mean.</summary>
    /// <value>0 or more; 2 unless set, as if they came in pairs. 1 is for elements that come independently; 0 for those that come evenly, as pictures of cameras do, each source in its own time.</value>
    public double Burstiness { get; init; } = 2;

    /// <summary>Part of the time that a machine's other cores count as busy where a profile has co-running times: runs then take so much of what they take longer.</summary>
    /// <value>0 to 1; the utilisation cap unless set. At 0 every run counts as if it were alone. Machines of one core that share no host have no neighbours.</value>
    public double? NeighbourLoad { get; init; }

    /// <summary>Whether several operators that take time may share a worker.</summary>
    /// <value><see cref="WorkerSharing.TimeShared"/> unless set.</value>
    public WorkerSharing Sharing { get; init; } = WorkerSharing.TimeShared;

    /// <summary>Whether elements may go from a tier to one nearer to the sources, where a link leads there.</summary>
    /// <value>True unless set.</value>
    public bool AllowBackwardTraffic { get; init; } = true;

    /// <summary>How an operator's elements are divided among the workers of the next.</summary>
    /// <value><see cref="Routing.Free"/> unless set.</value>
    public Routing Routing { get; init; } = Routing.Free;

    /// <summary>Whether operators that remember nothing may be spread over several workers.</summary>
    /// <value>True unless set.</value>
    public bool AllowSplits { get; init; } = true;

    /// <summary>Whether operators that remember by key may be spread over several workers, each key whole on one.</summary>
    /// <value>False unless set: today's engine keeps what remembers on one worker, so such plans are for planning only.</value>
    public bool AllowKeySplits { get; init; }

    /// <summary>Whether accuracies that were worked out rather than measured count.</summary>
    /// <value>False unless set.</value>
    public bool AllowEstimated { get; init; }

    /// <summary>The tier for every operator that is not pinned; null where the planner chooses. For comparisons such as all-edge and all-cloud.</summary>
    public Tier? OnlyTier { get; init; }

    /// <summary>What to look for among the plans that hold.</summary>
    /// <value><see cref="PlanningGoal.LeastCost"/> unless set.</value>
    public PlanningGoal Goal { get; init; } = PlanningGoal.LeastCost;

    /// <summary>Most that a plan may cost per hour, in the catalogue's currency; null where there is no limit.</summary>
    public double? BudgetPerHour { get; init; }

    /// <summary>Whether only machines that are owned already may be used.</summary>
    /// <value>False unless set.</value>
    public bool OwnedOnly { get; init; }

    /// <summary>The tiers in which any one machine may fail without the rest being overloaded (N+1).</summary>
    /// <value>None unless set.</value>
    public ImmutableArray<Tier> SpareTiers { get; init; } = [];

    /// <summary>How long the search may keep a processor busy; then the best plan found stands, with its gap. Where it can, the search counts work instead of time, so that machines of any speed answer the same.</summary>
    /// <value>10 seconds unless set. On a machine that is busy with other things it may take three times as long.</value>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to find out what stands against a plan where none fits, which may take longer than to find that none does.</summary>
    /// <value>True unless set. What contradicts itself is told in any case.</value>
    public bool GiveReasons { get; init; } = true;

    /// <inheritdoc />
    public bool Equals(PlanningOptions? other) =>
        other is not null && (UtilisationCap, Sharing, AllowBackwardTraffic, Routing, AllowSplits, AllowKeySplits, AllowEstimated) ==
            (other.UtilisationCap, other.Sharing, other.AllowBackwardTraffic, other.Routing, other.AllowSplits, other.AllowKeySplits, other.AllowEstimated)
        && (Burstiness, NeighbourLoad, OnlyTier, Goal, BudgetPerHour, OwnedOnly, TimeLimit, GiveReasons) == (other.Burstiness, other.NeighbourLoad, other.OnlyTier, other.Goal, other.BudgetPerHour, other.OwnedOnly, other.TimeLimit, other.GiveReasons)
        && SpareTiers.SequenceEqual(other.SpareTiers);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(UtilisationCap, Sharing, AllowBackwardTraffic, Routing, OnlyTier, Goal, BudgetPerHour, TimeLimit);
}

/// <summary>Whether operators share workers.</summary>
public enum WorkerSharing
{
    /// <summary>Operators take turns: together they keep a worker's cores no busier than the cap.</summary>
    TimeShared,

    /// <summary>At most one operator that takes time on a worker, as in the published planner.</summary>
    Exclusive,
}

/// <summary>How an operator's elements are divided among the workers of the next.</summary>
public enum Routing
{
    /// <summary>As is cheapest; elements that will be joined meet on one worker.</summary>
    Free,

    /// <summary>Every worker of the one sends to every worker of the other, in proportion to their shares, as in the published planner.</summary>
    Proportional,
}

/// <summary>What to look for among the plans that hold.</summary>
public enum PlanningGoal
{
    /// <summary>The least cost per hour; of the plans that cost that, the most accurate, as <see cref="MostAccuracy"/> means it.</summary>
    LeastCost,

    /// <summary>
    /// The highest accuracy of the outputs that ask for one, above their floors, within the budget and the machines allowed; of equally accurate plans the cheapest. Where several outputs ask,
    /// each counts by how far it is from its floor to the best measured for it: the least advanced one goes as far as it can, then each, by id, as far as those before it allow.
    /// </summary>
    MostAccuracy,
}
