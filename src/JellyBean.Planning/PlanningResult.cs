using System.Collections.Immutable;
using JellyBean.Planning.Plans;

namespace JellyBean.Planning;

/// <summary>What came of planning: a plan with what is known about its quality, or the reasons why there is none.</summary>
public sealed record PlanningResult
{
    /// <summary>How it ended.</summary>
    public required PlanningStatus Status { get; init; }

    /// <summary>The best plan found; null where there is none.</summary>
    public Plan? Plan { get; init; }

    /// <summary>What leaving the plan in force counts for, per hour: moves that have a price, and owned machines that are left idle. Not part of the plan's cost.</summary>
    public double MovesPerHour { get; init; }

    /// <summary>No plan can cost less than this, per hour, moves included; 0 where nothing is proven.</summary>
    public double BoundPerHour { get; init; }

    /// <summary>How much the plan may cost above the best possible, as a part of its own cost, moves included in both; 0 where it is proven optimal.</summary>
    public double Gap { get; init; }

    /// <summary>Why there is no plan: what cannot be met, the nearest that can, and what to do. Empty where there is one.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>What the solver did, for reports: its name, variables, constraints, nodes, time.</summary>
    public string Solver { get; init; } = "";

    /// <summary>Wall-clock time of the search.</summary>
    public TimeSpan Elapsed { get; init; }
}

/// <summary>How planning ended.</summary>
public enum PlanningStatus
{
    /// <summary>The plan is proven to cost the least.</summary>
    Optimal,

    /// <summary>The plan meets everything; time ran out before it was proven to cost the least.</summary>
    Feasible,

    /// <summary>No plan meets everything; the reasons say what stands against it.</summary>
    Infeasible,

    /// <summary>The problem itself is wrong; the reasons are all its errors.</summary>
    Invalid,

    /// <summary>Time ran out before a plan was found, and none is proven not to exist.</summary>
    Unknown,

    /// <summary>This combination of options is not planned for this kind of catalogue or workflow; the reasons say which and what to change.</summary>
    Unsupported,
}
