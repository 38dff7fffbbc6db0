using JellyBean.Vision.Appearance;
using JellyBean.Vision.Identities;
using JellyBean.Vision.Tracking;

namespace JellyBean.Vision.Tests.Identities;

public sealed class OverlapTests
{
    private static readonly Viewpoint Left = new("yard", 0, 0);
    private static readonly Viewpoint Right = new("yard", 300, 0);
    private static readonly Look Red = new([1, 0]);
    private static readonly Look Blue = new([0, 1]);

    [Fact]
    public void IsSame_at_one_spot_of_the_site() =>
        Assert.True(Overlap.IsSame(At("left", Left, 350), At("right", Right, 50)));

    [Fact]
    public void IsSame_at_one_spot_of_the_pictures_but_not_of_the_site_is_somebody_else() =>
        Assert.False(Overlap.IsSame(At("left", Left, 50), At("right", Right, 50)));

    [Fact]
    public void IsSame_cut_off_at_the_edge_of_one_picture() =>
        Assert.True(Overlap.IsSame(At("left", Left, 350, width: 18), At("right", Right, 50)));

    [Fact]
    public void IsSame_half_as_high_is_somebody_else() =>
        Assert.False(Overlap.IsSame(At("left", Left, 350), At("right", Right, 50) with { Box = new Box(50, 60, 40, 40) }));

    [Fact]
    public void IsSame_who_looks_different_is_somebody_else()
    {
        Assert.True(Overlap.IsSame(At("left", Left, 350) with { Look = Red }, At("right", Right, 50) with { Look = Red }));
        Assert.False(Overlap.IsSame(At("left", Left, 350) with { Look = Red }, At("right", Right, 50) with { Look = Blue }));
    }

    [Fact]
    public void IsSame_a_pair_is_told_once_and_never_of_one_camera()
    {
        Assert.False(Overlap.IsSame(At("right", Right, 50), At("left", Left, 350)));
        Assert.False(Overlap.IsSame(At("left", Left, 350), At("left", Left, 350)));
    }

    [Fact]
    public void IsSame_of_other_sites_or_none_is_somebody_else()
    {
        Assert.False(Overlap.IsSame(At("left", Left, 350), At("right", new Viewpoint("gate", 300, 0), 50)));
        Assert.False(Overlap.IsSame(At("left", null, 350), At("right", null, 350)));
    }

    private static TrackedBox At(string camera, Viewpoint? viewpoint, float x, float width = 40) =>
        new(camera, 1, 0, DateTimeOffset.UnixEpoch, new Box(x, 20, width, 80), null, viewpoint);
}
