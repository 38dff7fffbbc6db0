using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>What one instance of an operator holds, and how long it takes to be ready.</summary>
public sealed record Footprint
{
    /// <summary>The operator.</summary>
    public required OperatorId Operator { get; init; }

    /// <summary>The variant of an infer operator's model; null for other operators.</summary>
    public string? Variant { get; init; }

    /// <summary>Memory that one instance holds, in bytes. Every parallel instance holds its own.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Time from the order to load until the instance is warm.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <summary>Part of <see cref="LoadTime"/> that the first run of all takes.</summary>
    public TimeSpan WarmUpTime { get; init; }
}
