using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Simulation;

/// <summary>An element, or something that derives from one.</summary>
/// <param name="Admitted">When the last element that contributed to it was admitted, in simulated seconds.</param>
/// <param name="Stream">The stream of arrivals that it came from; sources whose elements are joined one by one share one.</param>
/// <param name="Number">Its number in that stream.</param>
internal sealed record Token(double Admitted, int Stream, long Number)
{
    /// <summary>The worker of each operator that it must go through to meet what it will be joined with; null where routes alone decide.</summary>
    public ImmutableDictionary<OperatorId, WorkerId>? Lane { get; init; }

    /// <summary>What it is a part of; null where it is whole.</summary>
    public Parts? PartOf { get; init; }
}

/// <summary>The parts of an element whose answers have not come.</summary>
internal sealed class Parts(Token whole, int left)
{
    public Token Whole { get; } = whole;

    public int Left { get; set; } = left;
}
