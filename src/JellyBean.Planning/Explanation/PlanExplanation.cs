using System.Collections.Immutable;
using JellyBean.Planning.Simulation;
using JellyBean.Workflows;

namespace JellyBean.Planning.Explanation;

/// <summary>Why a plan is as it is: found by planning again with one thing changed at a time.</summary>
public sealed record PlanExplanation
{
    /// <summary>What the other variants of each model would have meant.</summary>
    public required ImmutableArray<VariantReason> Variants { get; init; }

    /// <summary>The limits that the plan touches.</summary>
    public required ImmutableArray<BindingLimit> Limits { get; init; }

    /// <summary>What a plan costs where an objective asks for a little more or less.</summary>
    public required ImmutableArray<ObjectivePrice> Prices { get; init; }

    /// <summary>What a plan costs where a tier has no spare machine.</summary>
    public ImmutableArray<SparePrice> Spares { get; init; } = [];

    /// <summary>Plans of which none is better than another in cost, accuracy and latency alike; the cheapest first.</summary>
    public required ImmutableArray<FrontPoint> Front { get; init; }

    /// <summary>The plan in simulated time, elements arriving independently.</summary>
    public required SimulationResult Simulated { get; init; }

    /// <summary>The plan in simulated time, elements arriving in bursts as <see cref="PlanExplainer.BurstinessOf"/> says.</summary>
    public required SimulationResult SimulatedBursts { get; init; }
}

/// <summary>What another variant would have meant.</summary>
/// <param name="Operator">The operator whose model it is.</param>
/// <param name="Chosen">The plan's variant.</param>
/// <param name="Other">The other variant.</param>
/// <param name="CostPerHour">What the best plan with it costs; null where there is none.</param>
/// <param name="Why">Why there is none; empty where there is one.</param>
public sealed record VariantReason(OperatorId Operator, string Chosen, string Other, double? CostPerHour, string Why);

/// <summary>A limit that a plan touches.</summary>
/// <param name="Subject">What is limited, as in <c>worker edge-1</c>.</param>
/// <param name="Limit">What of it, as in <c>utilisation</c>.</param>
/// <param name="Used">What the plan takes.</param>
/// <param name="Allowed">The most that it may.</param>
public sealed record BindingLimit(string Subject, string Limit, double Used, double Allowed);

/// <summary>What a plan costs where an objective is changed.</summary>
/// <param name="Output">The output.</param>
/// <param name="Objective"><c>p99</c>, or the metric's name.</param>
/// <param name="Asked">What is asked for; of p99 in milliseconds.</param>
/// <param name="Instead">What is asked for in its place.</param>
/// <param name="CostPerHour">The cost then; null where no plan fits, or none was found in time.</param>
public sealed record ObjectivePrice(OperatorId Output, string Objective, double Asked, double Instead, double? CostPerHour)
{
    /// <summary>Whether time ran out before a plan was found or proven not to exist.</summary>
    public bool IsOpen { get; init; }
}

/// <summary>What a plan costs without a spare machine that is asked for.</summary>
/// <param name="Tier">The tier that then has none.</param>
/// <param name="CostPerHour">The cost then; null where no plan was found in time.</param>
public sealed record SparePrice(Tier Tier, double? CostPerHour);

/// <summary>A plan on the front of cost, accuracy and latency.</summary>
/// <param name="CostPerHour">Its cost.</param>
/// <param name="Accuracy">The output's accuracy; null where none is asked for.</param>
/// <param name="P99Ms">The most that the output's p99 is, in milliseconds, as in <see cref="Plans.OutputPrediction.P99Ms"/>.</param>
/// <param name="Variants">Its variants, by operator.</param>
public sealed record FrontPoint(double CostPerHour, double? Accuracy, double P99Ms, ImmutableSortedDictionary<OperatorId, string> Variants);
