using JellyBean.Workflows;

namespace JellyBean.Testing;

/// <summary>What became of the elements of one source.</summary>
public sealed record SourceCounts
{
    /// <summary>The source.</summary>
    public required SourceId Source { get; init; }

    /// <summary>Elements it offered, bad ones included.</summary>
    public required long Offered { get; init; }

    /// <summary>Elements of which nothing is on its way any more. When a run has ended that is each of them: nothing is shed here.</summary>
    public required long Settled { get; init; }

    /// <summary>Of these, elements that were bad, or of which an operator gave up something.</summary>
    public required long Failed { get; init; }

    /// <summary>Of these, good elements whose event time was further behind than their input allows, whatever became of them.</summary>
    public required long Late { get; init; }
}
