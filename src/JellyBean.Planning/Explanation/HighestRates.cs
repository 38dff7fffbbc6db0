namespace JellyBean.Planning.Explanation;

/// <summary>The highest rates at which a plan fits.</summary>
/// <param name="Part">Part of every source's rate, rounded down.</param>
/// <param name="CostPerHour">What the plan then costs.</param>
public sealed record HighestRates(double Part, double CostPerHour);
