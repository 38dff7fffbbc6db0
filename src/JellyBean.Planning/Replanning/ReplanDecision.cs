using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>What was decided about another plan, and why.</summary>
public sealed record ReplanDecision
{
    /// <summary>The plan that should take the place of the one in force; null where that stays.</summary>
    public Plan? Proposed { get; init; }

    /// <summary>Why, as sentences with the figures that decided.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether the plan in force holds at the rates, times and prices of now.</summary>
    public required bool Holds { get; init; }

    /// <summary>What the plan in force costs now, per hour.</summary>
    public required double CostPerHour { get; init; }

    /// <summary>What the other plan costs, per hour; null where there is none.</summary>
    public double? OtherCostPerHour { get; init; }

    /// <summary>What moving to it counts for, per hour.</summary>
    public double MovesPerHour { get; init; }

    /// <summary>Of <see cref="CostPerHour"/>, what traffic costs.</summary>
    public double NetworkPerHour { get; init; }

    /// <summary>Of <see cref="OtherCostPerHour"/>, what traffic costs; null where there is no other plan.</summary>
    public double? OtherNetworkPerHour { get; init; }

    /// <summary>How far service times have drifted from their profile: measured to profiled, by operator and variant.</summary>
    public ImmutableDictionary<(OperatorId Operator, string Variant), double> Drift { get; init; } = ImmutableDictionary<(OperatorId Operator, string Variant), double>.Empty;
}
