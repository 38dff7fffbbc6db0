using CsCheck;

namespace JellyBean.Vision.Tests;

public sealed class BoxTests
{
    private static readonly Gen<Box> Boxes = Gen.Select(Gen.Int[0, 12], Gen.Int[0, 12], Gen.Int[0, 8], Gen.Int[0, 8], (x, y, w, h) => new Box(x, y, w, h));

    [Fact]
    public void IoU_equals_counting_cells() =>
        Gen.Select(Boxes, Boxes).Sample((a, b) =>
        {
            var cells = Enumerable.Range(0, 400).Select(i => (X: i % 20, Y: i / 20)).ToList();
            var both = cells.Count(c => In(a, c) && In(b, c));
            var any = cells.Count(c => In(a, c) || In(b, c));

            Assert.Equal(both == 0 ? 0 : (float)both / any, a.IoU(b), 1e-5f);
            Assert.Equal(a.IoU(b), b.IoU(a));
        });

    [Fact]
    public void Clip_keeps_what_lies_on_the_picture() => Assert.Equal(new Box(0, 4, 6, 6), new Box(-4, 4, 10, 20).Clip(8, 10));

    private static bool In(Box box, (int X, int Y) cell) => cell.X >= box.X && cell.X < box.X + box.Width && cell.Y >= box.Y && cell.Y < box.Y + box.Height;
}
