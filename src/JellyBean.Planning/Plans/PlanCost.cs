namespace JellyBean.Planning.Plans;

/// <summary>What a plan costs per hour, in the catalogue's currency.</summary>
public sealed record PlanCost
{
    /// <summary>The machines that are used, each paid whole.</summary>
    public required double ComputePerHour { get; init; }

    /// <summary>What of <see cref="ComputePerHour"/> is for machines that are owned: it goes on whether they are used or not.</summary>
    public double OwnedPerHour { get; init; }

    /// <summary>The traffic between tiers.</summary>
    public required double NetworkPerHour { get; init; }

    /// <summary>Both together.</summary>
    public double TotalPerHour => ComputePerHour + NetworkPerHour;

    /// <summary>What is saved where the plan is given up: rented machines and traffic. Two plans compared by it differ by what really is paid more or less.</summary>
    public double ReleasablePerHour => TotalPerHour - OwnedPerHour;

    /// <summary>What prices are in.</summary>
    public string Currency { get; init; } = "USD";
}
