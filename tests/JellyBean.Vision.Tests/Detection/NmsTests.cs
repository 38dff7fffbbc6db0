using CsCheck;
using JellyBean.Vision.Detection;

namespace JellyBean.Vision.Tests.Detection;

public sealed class NmsTests
{
    private static readonly Gen<Box> Boxes =
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20], Gen.Int[1, 10], Gen.Int[1, 10], Gen.Int[1, 9], Gen.Int[0, 1], (x, y, w, h, s, c) => new Box(x, y, w, h, s / 10f, c));

    [Fact]
    public void Suppress_keeps_just_what_no_surer_kept_box_hides() =>
        Boxes.List[0, 20].Sample(boxes =>
        {
            var kept = Nms.Suppress([.. boxes], 0.4f);

            Assert.All(kept, (box, i) => Assert.DoesNotContain(kept.Take(i), k => k.Class == box.Class && k.IoU(box) > 0.4f));
            Assert.All(boxes.Except(kept), lost => Assert.Contains(kept, k => k.Class == lost.Class && k.Score >= lost.Score && k.IoU(lost) > 0.4f));
        });

    [Fact]
    public void Suppress_order_given_does_not_matter() =>
        Boxes.List[0, 20].Sample(boxes => Assert.Equal(Nms.Suppress([.. boxes], 0.4f), Nms.Suppress([.. boxes.Reverse<Box>()], 0.4f)));
}
