using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Hosting;

/// <summary>What accuracy costs: the cheapest plan for each floor that makes a difference. Accuracies were measured, costs are the planner's.</summary>
public sealed record AccuracyFront
{
    /// <summary>The output whose floor was raised.</summary>
    public required OperatorId Output { get; init; }

    /// <summary>The metric, such as <c>mota</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The plans, cheapest first: each is more accurate than those before it, and costs more.</summary>
    public required ImmutableArray<FrontPoint> Points { get; init; }

    /// <summary>Why no plan is more accurate than the last; empty where it is the best that was measured.</summary>
    public ImmutableArray<string> Limits { get; init; } = [];
}

/// <summary>A plan on the front.</summary>
/// <param name="Accuracy">The measured accuracy of its variants, in the metric's unit.</param>
/// <param name="Plan">The plan, with its cost.</param>
public sealed record FrontPoint(double Accuracy, Plan Plan)
{
    /// <summary>The variants, as in <c>nanodet-352 + stripes-6</c>.</summary>
    public string Variants => string.Join(" + ", Plan.Placements.Where(p => p.Variant is not null).Select(p => p.Variant));

    /// <summary>The accuracy as it is shown.</summary>
    internal string AccuracyText => Accuracy.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>The cost per hour as it is shown.</summary>
    internal string CostText => Plan.Cost.TotalPerHour.ToString("0.0000", CultureInfo.InvariantCulture);
}
