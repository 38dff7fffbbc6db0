using System.Collections.Immutable;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Tests.Snapshots;

public sealed class FragmentSnapshotsTests
{
    /// <summary>What is before the barrier may still be in a model, and fail there: the part says which elements have failed.</summary>
    [Fact]
    public async Task Snapshot_is_whole_once_its_barrier_has_left_the_fragment_by_every_link()
    {
        var snapshots = new FragmentSnapshots(1, ElementCodecs.Empty, []);
        var (source, link) = (snapshots.Add("source", "source"), snapshots.Add("link", null));

        var whole = snapshots.TakeAsync(1);
        source.Give(1, 1, () => [7]);
        var isWholeBefore = whole.IsCompleted;
        link.Pass(1);

        Assert.False(isWholeBefore);
        Assert.Equal("source", Assert.Single(await whole).Owner);
    }

    [Fact]
    public async Task Link_has_ended_nobody_waits_for_it()
    {
        var snapshots = new FragmentSnapshots(1, ElementCodecs.Empty, []);
        var (source, link) = (snapshots.Add("source", "source"), snapshots.Add("link", null));

        link.Leave();
        var whole = snapshots.TakeAsync(1);
        source.Give(1, 1, () => [7]);

        Assert.Single(await whole);
    }

    [Fact]
    public async Task Stages_have_all_got_what_they_begin_with_it_is_let_go_and_not_before()
    {
        var asked = 0;
        var released = 0;
        var snapshots = new FragmentSnapshots(1, ElementCodecs.Empty, slot => Task.FromResult<ImmutableArray<StatePiece>>([new StatePiece(slot.Owner, ++asked, ReadOnlyMemory<byte>.Empty)]), () => released++);
        var (first, second) = (snapshots.Add("process tracker", "tracker"), snapshots.Add("join pairs", "pairs"));

        var one = await snapshots.RestoredAsync(first);
        var early = released;
        var two = await snapshots.RestoredAsync(second);
        var late = await snapshots.RestoredAsync(second);

        Assert.Equal(("process tracker", "join pairs"), (Assert.Single(one).Owner, Assert.Single(two).Owner));
        Assert.Equal((0, 1), (early, released));
        Assert.Empty(late);
    }
}
