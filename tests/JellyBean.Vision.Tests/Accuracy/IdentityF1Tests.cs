using JellyBean.Vision.Accuracy;
using static JellyBean.Vision.Tests.Accuracy.Scenes;

namespace JellyBean.Vision.Tests.Accuracy;

public sealed class IdentityF1Tests
{
    [Fact]
    public void Of_somebody_under_two_ids_agrees_for_the_longer_one()
    {
        var identity = IdentityF1.Of(Compare(Lane(0, 1, 1, 1, 1, 1), Lane(0, 7, 7, 7, 8, 8)));

        Assert.Equal(new IdentityF1(Truths: 5, Found: 5, Agreed: 3), identity);
        Assert.Equal(0.6, identity.Value, 12);
    }

    [Fact]
    public void Of_misses_and_strangers_lower_it_by_half_a_box_each()
    {
        var identity = IdentityF1.Of(Compare(Lane(0, 1, 1, 1, 1), Lane(0, 7, 7, 7).Concat(Lane(4, 9, 9))));

        Assert.Equal(2 * 3 / (4.0 + 5), identity.Value, 12);
    }

    [Fact]
    public void Of_the_best_pairs_together_win_over_the_longest_pair()
    {
        // 7 shares 3 with the first and 2 with the second, 8 shares 2 with the first only: 2 + 2 is more than 3.
        var truth = Lane(0, 1, 1, 1, 1, 1).Concat(Lane(1, 0, 0, 0, 2, 2));
        var found = Lane(0, 7, 7, 7, 8, 8).Concat(Lane(1, 0, 0, 0, 7, 7));

        Assert.Equal(4, IdentityF1.Of(Compare(truth, found)).Agreed);
    }

    [Fact]
    public void Of_two_views_one_identity_must_hold_across_both()
    {
        var left = ComparedFrame.Of("left", 4, Lane(0, 1, 1, 1, 1), Lane(0, 7, 7, 7, 7));
        var same = ComparedFrame.Of("right", 4, Lane(0, 1, 1, 1, 1), Lane(0, 7, 7, 7, 7));
        var other = ComparedFrame.Of("right", 4, Lane(0, 1, 1, 1, 1), Lane(0, 8, 8, 8, 8));

        Assert.Equal(1, IdentityF1.Of(left.Concat(same)).Value);
        Assert.Equal(0.5, IdentityF1.Of(left.Concat(other)).Value, 12);
    }

    [Fact]
    public void Of_nothing_at_all_is_perfect_and_of_strangers_only_is_nothing()
    {
        Assert.Equal(1, IdentityF1.Of(Compare([], [])).Value);
        Assert.Equal(0, IdentityF1.Of(Compare([], Lane(0, 1))).Value);
    }
}
