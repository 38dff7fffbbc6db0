using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>What an operator sends on.</summary>
public sealed record OutputProfile
{
    /// <summary>The operator.</summary>
    public required OperatorId Operator { get; init; }

    /// <summary>The variant of an infer operator's model that makes results of this size; null for those that have no row of their own, and for other operators.</summary>
    public string? Variant { get; init; }

    /// <summary>Mean results for each element that the operator takes (its fan-out).</summary>
    /// <value>
    /// 0 or more; 1 unless set. Always 1 where the operator gives exactly one (input, select, infer, regroup, merge). For an expand operator the mean parts
    /// per element; for a join the mean results per element of either flow.
    /// </value>
    public double ResultsPerElement { get; init; } = 1;

    /// <summary>Variance of the results for each element; 0 where it always gives as many, or where it was not measured.</summary>
    public double ResultsVariance { get; init; }

    /// <summary>Mean bytes of one result as sent over a link, in the payload's canonical encoding.</summary>
    public required double MessageBytes { get; init; }

    /// <summary>Mean bytes as sent of what an expand operator keeps of one element; it travels beside the parts and their answers.</summary>
    /// <value>0 unless set; 0 for other operators.</value>
    public double KeptBytes { get; init; }
}
