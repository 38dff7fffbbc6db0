using System.Collections.Immutable;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Fragments;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>Change in place what your part of a plan runs; repeated until it is answered.</summary>
internal sealed record Adjust(Adjustment What) : IControlMessage;

/// <summary>The node has done what it could of a change.</summary>
/// <param name="Epoch">The plan.</param>
/// <param name="Revision">The change.</param>
/// <param name="Outcomes">What came of each operator that the node runs.</param>
internal sealed record Adjusted(long Epoch, long Revision, ImmutableArray<AdjustOutcome> Outcomes) : IControlMessage
{
    public bool Equals(Adjusted? other) => other is not null && (Epoch, Revision) == (other.Epoch, other.Revision) && Outcomes.SequenceEqual(other.Outcomes);

    public override int GetHashCode() => HashCode.Combine(Epoch, Revision);
}
