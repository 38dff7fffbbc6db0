using JellyBean.Vision.Accuracy;
using static JellyBean.Vision.Tests.Accuracy.Scenes;

namespace JellyBean.Vision.Tests.Accuracy;

public sealed class ClearMotTests
{
    [Fact]
    public void Of_misses_strangers_and_a_switch_counts_each()
    {
        // Five true boxes of one, four of another; the first is missed once and comes back under another id; somebody is found twice who is not there.
        var truth = Lane(0, 1, 1, 1, 1, 1).Concat(Lane(1, 2, 2, 2, 2));
        var found = Lane(0, 7, 7, 0, 8, 8).Concat(Lane(1, 9, 9, 9, 9)).Concat(Lane(5, 0, 4, 4));

        var mot = ClearMot.Of(Compare(truth, found));

        Assert.Equal(new ClearMot(Truths: 9, Misses: 1, FalsePositives: 2, Switches: 1), mot);
        Assert.Equal(1 - (4 / 9.0), mot.Mota, 12);
    }

    [Fact]
    public void Of_two_who_swap_their_ids_are_two_switches() =>
        Assert.Equal(2, ClearMot.Of(Compare(Lane(0, 1, 1, 1).Concat(Lane(1, 2, 2, 2)), Lane(0, 1, 1, 2).Concat(Lane(1, 2, 2, 1)))).Switches);

    [Fact]
    public void Of_a_switch_and_back_are_two() =>
        Assert.Equal(2, ClearMot.Of(Compare(Lane(0, 1, 1, 1), Lane(0, 5, 6, 5))).Switches);

    [Fact]
    public void Of_pair_of_the_frame_before_is_kept_though_another_box_overlaps_more()
    {
        // 5 overlaps by 30 of 50 columns in frame 1, 6 lies on the spot.
        LabelledBox[] found = [In(0, 5, 0), In(1, 5, 0, shift: 10), In(1, 6, 0)];

        var mot = ClearMot.Of(Compare(Lane(0, 1, 1), found));

        Assert.Equal(new ClearMot(Truths: 2, Misses: 0, FalsePositives: 1, Switches: 0), mot);
    }

    [Fact]
    public void Of_assigns_as_many_as_possible_not_the_nearest_first()
    {
        // Box 5 overlaps both true ones, box 6 only the first: greedy would give 5 to the first.
        LabelledBox[] truth = [In(0, 1, 0), In(0, 2, 0, shift: 12)];
        LabelledBox[] found = [In(0, 5, 0, shift: 2), In(0, 6, 0, shift: -12)];

        Assert.Equal(0, ClearMot.Of(Compare(truth, found)).Misses);
    }

    [Theory]
    [InlineData(13, 0)] // 27 of 53 columns: 0.509
    [InlineData(14, 1)] // 26 of 54: 0.481
    public void Of_overlap_must_be_a_half(float shift, long misses) =>
        Assert.Equal(misses, ClearMot.Of(Compare([In(0, 1, 0)], [In(0, 1, 0, shift)])).Misses);

    [Fact]
    public void Of_nothing_there_and_something_found_is_below_zero() =>
        Assert.Equal(-2, ClearMot.Of(Compare([], Lane(0, 1, 1, 1))).Mota);

    [Fact]
    public void Of_frames_that_are_not_compared_do_not_count() =>
        Assert.Equal(new ClearMot(2, 0, 0, 0), ClearMot.Of(Compare(Lane(0, 1, 1, 1, 1), Lane(0, 1, 1), frames: 2)));
}
