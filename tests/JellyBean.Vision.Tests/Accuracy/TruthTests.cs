using JellyBean.Vision.Accuracy;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Tests.Accuracy;

public sealed class TruthTests
{
    private static readonly Region Left = new(0, 0, 100, 100);
    private static readonly Region Right = new(60, 0, 100, 100);

    [Fact]
    public void Clip_boxes_in_view_are_moved_to_the_views_corner() =>
        Assert.Equal<LabelledBox>(Of(new Box(20, 10, 30, 60)).Boxes, Of(new Box(80, 10, 30, 60)).Clip(Right).Boxes);

    [Fact]
    public void Clip_boxes_at_the_edge_are_cut() =>
        Assert.Equal<LabelledBox>(Of(new Box(80, 10, 20, 60)).Boxes, Of(new Box(80, 10, 30, 60)).Clip(Left).Boxes);

    [Fact]
    public void Clip_boxes_out_of_view_are_gone() => Assert.Empty(Of(new Box(101, 10, 30, 60)).Clip(Left).Boxes);

    [Theory]
    [InlineData(85, false)]
    [InlineData(86, true)]
    public void Clip_less_than_half_in_view_is_ignored(float x, bool ignored) =>
        Assert.Equal(ignored, Assert.Single(Of(new Box(x, 10, 30, 60)).Clip(Left).Boxes).IsIgnored);

    [Fact]
    public void Ignored_ones_are_neither_missed_nor_strangers()
    {
        var truth = Of(new Box(90, 10, 30, 60)).Clip(Left).Boxes;
        LabelledBox there = new(0, 1, new Box(88, 10, 12, 60));

        Assert.Equal(new ClearMot(0, 0, 0, 0), ClearMot.Of(ComparedFrame.Of("left", 1, truth, [])));
        Assert.Equal(new ClearMot(0, 0, 0, 0), ClearMot.Of(ComparedFrame.Of("left", 1, truth, [there])));
        Assert.Equal(new ClearMot(0, 0, 1, 0), ClearMot.Of(ComparedFrame.Of("left", 1, truth, [there with { Box = new Box(40, 10, 12, 60) }])));
    }

    [Fact]
    public void Ignored_ones_do_not_take_what_was_found_of_others()
    {
        LabelledBox[] truth = [new(0, 1, new Box(0, 0, 30, 60)), new(0, 2, new Box(2, 0, 30, 60)) { IsIgnored = true }];

        Assert.Equal(new ClearMot(1, 0, 0, 0), ClearMot.Of(ComparedFrame.Of("left", 1, truth, [new(0, 9, new Box(2, 0, 30, 60))])));
    }

    private static Truth Of(Box box) => new(1, [new LabelledBox(0, 7, box)]);
}
