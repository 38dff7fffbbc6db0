using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>What could not be measured, and is therefore not planned with.</summary>
public sealed record ProfileGap
{
    /// <summary>The infer operator.</summary>
    public required OperatorId Operator { get; init; }

    /// <summary>The variant that failed.</summary>
    public required string Variant { get; init; }

    /// <summary>Elements that one run was to take.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Why it failed, as the variant said it.</summary>
    public required string Reason { get; init; }
}
