using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Links;

/// <summary>Names the link of a route between two workers under a plan.</summary>
/// <param name="Epoch">The plan's epoch: links of different plans never mix.</param>
/// <param name="From">The operator whose elements it carries.</param>
/// <param name="To">The operator that takes them.</param>
/// <param name="InputIndex">Which of that operator's inputs.</param>
/// <param name="FromWorker">The sending worker.</param>
/// <param name="ToWorker">The receiving worker.</param>
internal readonly record struct LinkId(long Epoch, OperatorId From, OperatorId To, int InputIndex, WorkerId FromWorker, WorkerId ToWorker)
{
    public override string ToString() => $"{From}@{FromWorker} -> {To}@{ToWorker}";
}
