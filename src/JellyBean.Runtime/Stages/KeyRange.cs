using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;

namespace JellyBean.Runtime.Stages;

/// <summary>The key groups of one worker, where an operator's keys are spread over several: as many as its share says, in the order of the workers.</summary>
/// <remarks>A plan that moves share from one worker to the next in order moves as many groups, and no others.</remarks>
/// <param name="From">The first.</param>
/// <param name="To">The one behind the last.</param>
internal readonly record struct KeyRange(int From, int To)
{
    /// <summary>Those of an operator that is on one worker.</summary>
    public static KeyRange All { get; } = new(0, KeyGroup.Count);

    public static KeyRange Of(Placement placement, WorkerId worker)
    {
        var before = placement.Instances.Where(i => i.Worker.CompareTo(worker) < 0).Sum(i => i.Share);
        return new(Bound(before), Bound(before + placement.Instances.Where(i => i.Worker == worker).Sum(i => i.Share)));
    }

    public bool Contains(int group) => group >= From && group < To;

    private static int Bound(double share) => (int)Math.Round(share * KeyGroup.Count, MidpointRounding.AwayFromZero);
}
