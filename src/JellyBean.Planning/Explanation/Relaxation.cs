using System.Collections.Immutable;

namespace JellyBean.Planning.Explanation;

/// <summary>Objectives or resources that, changed together, let a plan fit.</summary>
/// <param name="Changes">What to change, each with how far where that was found.</param>
/// <param name="CostPerHour">What the best plan then costs.</param>
public sealed record Relaxation(ImmutableArray<string> Changes, double CostPerHour);
