namespace JellyBean.Planning.Plans;

/// <summary>What a plan costs per hour, in the catalogue's currency.</summary>
public sealed record PlanCost
{
    /// <summary>The machines that are used, each paid whole.</summary>
    public required double ComputePerHour { get; init; }

    /// <summary>The traffic between tiers.</summary>
    public required double NetworkPerHour { get; init; }

    /// <summary>Both together.</summary>
    public double TotalPerHour => ComputePerHour + NetworkPerHour;

    /// <summary>What prices are in.</summary>
    public string Currency { get; init; } = "USD";
}
