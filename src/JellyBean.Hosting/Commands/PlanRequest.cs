namespace JellyBean.Hosting.Commands;

/// <summary>What <c>plan</c> was asked.</summary>
internal sealed record PlanRequest
{
    public PreparationRequest Preparation { get; init; } = new();

    public PlanFormat Format { get; init; }

    /// <summary>A CSV file of cells to plan one by one; null to plan once.</summary>
    public string? Batch { get; init; }
}

internal enum PlanFormat
{
    Text,
    Json,
}
