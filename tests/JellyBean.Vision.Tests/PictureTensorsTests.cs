using CsCheck;
using JellyBean.Onnx;

namespace JellyBean.Vision.Tests;

public sealed class PictureTensorsTests
{
    [Fact]
    public void StretchTo_equals_the_naive_reference() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 50], Gen.Int[1, 50], Gen.Int).Sample(
            (width, height, toWidth, toHeight, seed) =>
            {
                var picture = Pixels.Frame(width, height, Math.Abs(seed % 1000)).Picture;
                var memory = new byte[toWidth * toHeight * 3];

                picture.StretchTo(new TensorSlice(memory, TensorType.Bytes, [toHeight, toWidth, 3]), PixelLayout.NhwcBgr);

                for (var i = 0; i < memory.Length; i++)
                {
                    var expected = Naive(picture, i / 3 % toWidth, i / 3 / toWidth, 2 - (i % 3), toWidth, toHeight);
                    Assert.True(Math.Abs(expected - memory[i]) <= 0.75, $"{width}×{height} → {toWidth}×{toHeight} at {i}: expected {expected}, found {memory[i]}");
                }
            },
            iter: 100);

    [Fact]
    public void Layouts_hold_the_same_pixels()
    {
        var picture = Pixels.Frame(33, 21).Picture;
        var bytes = new byte[16 * 16 * 3];
        picture.StretchTo(new TensorSlice(bytes, TensorType.Bytes, [16, 16, 3]), PixelLayout.NhwcRgb);

        var planar = Floats([3, 16, 16], t => picture.StretchTo(t, PixelLayout.NchwBgrImageNet));
        var packed = Floats([16, 16, 3], t => picture.StretchTo(t, new PixelLayout { Deviation = [2, 2, 2] }));

        for (var i = 0; i < 256; i++)
        {
            Assert.Equal((bytes[(i * 3) + 2] - 103.53f) / 57.375f, planar[i], 1e-5f);
            Assert.Equal((bytes[i * 3] - 123.675f) / 58.395f, planar[512 + i], 1e-5f);
            Assert.Equal(bytes[(i * 3) + 1] / 2f, packed[(i * 3) + 1]);
        }
    }

    [Fact]
    public void LetterboxTo_keeps_proportions_and_fills_with_grey()
    {
        var picture = Pixels.Plain(40, 20, 255, 255, 255);
        var memory = new byte[32 * 32 * 3];

        var placement = picture.LetterboxTo(new TensorSlice(memory, TensorType.Bytes, [32, 32, 3]), PixelLayout.NhwcRgb);

        Assert.Equal(new Placement(1.25f, 1.25f, 0, 8), placement);
        Assert.Equal(PictureTensors.Fill, memory[7 * 32 * 3]);
        Assert.InRange(memory[8 * 32 * 3], 250, 255);
        Assert.InRange(memory[23 * 32 * 3], 250, 255);
        Assert.Equal(PictureTensors.Fill, memory[24 * 32 * 3]);
        Assert.Equal(new Box(0, 0, 40, 20, 1, 0), placement.ToPicture(0, 8, 32, 24, 1, 0));
    }

    [Fact]
    public void StretchTo_allocates_nothing()
    {
        var picture = Pixels.Frame(64, 64).Picture;
        var memory = new byte[32 * 32 * 3];
        picture.StretchTo(new TensorSlice(memory, TensorType.Bytes, [32, 32, 3]), PixelLayout.NhwcRgb);

        var before = GC.GetAllocatedBytesForCurrentThread();
        picture.StretchTo(new TensorSlice(memory, TensorType.Bytes, [32, 32, 3]), PixelLayout.NhwcRgb);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void StretchTo_tensor_of_another_layout_is_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => Pixels.Frame(8, 8).StretchTo(new TensorSlice(new byte[48], TensorType.Bytes, [4, 4, 3]), PixelLayout.NchwRgb01));

        Assert.Contains("[4, 4, 3]; the layout writes [3, height, width]", error.Message, StringComparison.Ordinal);
    }

    private delegate void Write(TensorSlice slice);

    private static float[] Floats(int[] shape, Write write)
    {
        var memory = new byte[shape.Aggregate(4, (a, b) => a * b)];
        write(new TensorSlice(memory, TensorType.Floats, shape));
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(memory).ToArray();
    }

    private static double Naive(Picture picture, int x, int y, int channel, int toWidth, int toHeight)
    {
        var sx = Math.Clamp(((x + 0.5) * picture.Width / toWidth) - 0.5, 0, picture.Width - 1);
        var sy = Math.Clamp(((y + 0.5) * picture.Height / toHeight) - 0.5, 0, picture.Height - 1);
        var (x0, y0) = ((int)sx, (int)sy);
        var (x1, y1) = (Math.Min(x0 + 1, picture.Width - 1), Math.Min(y0 + 1, picture.Height - 1));
        var (fx, fy) = (sx - x0, sy - y0);
        return (At(x0, y0) * (1 - fx) * (1 - fy)) + (At(x1, y0) * fx * (1 - fy)) + (At(x0, y1) * (1 - fx) * fy) + (At(x1, y1) * fx * fy);

        double At(int px, int py) => picture.Pixels[(((py * picture.Width) + px) * 4) + channel];
    }
}
