namespace JellyBean.Planning.Infrastructure;

/// <summary>A physical machine whose cores several workers share. Workers that have a machine of their own need no host.</summary>
public sealed record SharedHost
{
    /// <summary>Its stable name.</summary>
    public required HostId Id { get; init; }

    /// <summary>The cores that its workers share.</summary>
    /// <value>Above 0. May be less than the sum of its workers' cores; the planner keeps what they use together below it.</value>
    public required double Cores { get; init; }
}
