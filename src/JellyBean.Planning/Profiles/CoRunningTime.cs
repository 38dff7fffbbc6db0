using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>How long a variant's runs take while the machine's other cores are busy: cores share caches and memory, so none is alone.</summary>
public sealed record CoRunningTime
{
    /// <summary>The infer operator.</summary>
    public required OperatorId Operator { get; init; }

    /// <summary>The variant that was measured.</summary>
    public required string Variant { get; init; }

    /// <summary>Elements that one run takes.</summary>
    public required int BatchSize { get; init; }

    /// <summary>What kept the other cores busy; the variant itself, or another.</summary>
    public required VariantChoice Beside { get; init; }

    /// <summary>Cores that it kept busy.</summary>
    public required int BusyCores { get; init; }

    /// <summary>Mean milliseconds per run of <see cref="BatchSize"/> elements on one core.</summary>
    public required double ServiceMs { get; init; }

    /// <summary>How the runs were distributed.</summary>
    public required ServiceDistribution Distribution { get; init; }
}
