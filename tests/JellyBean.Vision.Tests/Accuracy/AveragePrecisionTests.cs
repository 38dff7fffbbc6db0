using JellyBean.Vision.Accuracy;
using static JellyBean.Vision.Tests.Accuracy.Scenes;

namespace JellyBean.Vision.Tests.Accuracy;

public sealed class AveragePrecisionTests
{
    [Fact]
    public void Of_a_stranger_between_two_hits()
    {
        // Precision 1 at recall 1/3, 2/3 at recall 2/3; the third is never found.
        LabelledBox[] truth = [In(0, 1, 0), In(0, 2, 1), In(1, 1, 0)];
        LabelledBox[] found = [In(0, 1, 0, score: 0.9f), In(0, 2, 5, score: 0.8f), In(1, 3, 0, score: 0.7f)];

        Assert.Equal((1 + (2 / 3.0)) / 3, AveragePrecision.Of(Compare(truth, found)), 12);
    }

    [Fact]
    public void Of_precision_is_the_best_at_that_recall_or_a_higher_one()
    {
        // Stranger first: 1/2 at the first hit, 2/3 at the second, which holds for both.
        LabelledBox[] found = [In(0, 1, 5, score: 0.9f), In(0, 2, 0, score: 0.8f), In(0, 3, 1, score: 0.7f)];

        Assert.Equal(2 / 3.0, AveragePrecision.Of(Compare([In(0, 1, 0), In(0, 2, 1)], found)), 12);
    }

    [Fact]
    public void Of_the_second_box_on_somebody_is_wrong()
    {
        LabelledBox[] found = [In(0, 1, 0, score: 0.9f), In(0, 2, 0, shift: 1, score: 0.8f), In(0, 3, 1, score: 0.7f)];

        Assert.Equal((1 + (2 / 3.0)) / 2, AveragePrecision.Of(Compare([In(0, 1, 0), In(0, 2, 1)], found)), 12);
    }

    [Fact]
    public void Of_nothing_to_find()
    {
        Assert.Equal(1, AveragePrecision.Of(Compare([], [])));
        Assert.Equal(0, AveragePrecision.Of(Compare([], [In(0, 1, 0)])));
        Assert.Equal(0, AveragePrecision.Of(Compare([In(0, 1, 0)], [])));
    }
}
