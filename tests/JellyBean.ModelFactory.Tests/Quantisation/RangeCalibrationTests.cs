using JellyBean.ModelFactory.Quantisation;

namespace JellyBean.ModelFactory.Tests.Quantisation;

public sealed class RangeCalibrationTests
{
    [Fact]
    public void Ranges_cover_every_activation_over_all_pictures()
    {
        FloatModel model = TinyImages.Model();
        List<byte[]> pictures = TinyImages.Pictures(8);
        (pictures[2][0], pictures[5][0]) = (0, 255);

        var ranges = RangeCalibration.Measure(model, pictures, default);

        Assert.Equal(model.Activations.Order(), ranges.Keys.Order());
        Assert.Equal(new TensorRange(-2, 127 / 64f), ranges["pixels/normalised"]);
        Assert.Contains(ranges.Values, range => range.Least == 0 && range.Greatest > 0);
    }

    [Theory]
    [InlineData(0, "0 calibration pictures given")]
    [InlineData(1, "1 calibration picture given, but at least 8 were expected")]
    public void Too_few_pictures_are_refused(int count, string expected) => ExpectRefusal(TinyImages.Pictures(count), expected);

    [Fact]
    public void Pictures_of_another_size_are_refused() =>
        ExpectRefusal([.. TinyImages.Pictures(8), new byte[4 * 4 * 3]], "has 48 bytes, but the model reads [1, 8, 8, 3], 192 bytes");

    [Fact]
    public void Blank_pictures_and_copies_do_not_count()
    {
        byte[] Blank(byte red) => [.. Enumerable.Repeat<byte[]>([red, 40, 90], TinyImages.Size * TinyImages.Size).SelectMany(pixel => pixel)];

        ExpectRefusal([.. Enumerable.Range(0, 8).Select(n => Blank((byte)n))], "Of 8 calibration pictures 0 show something");
        ExpectRefusal([.. Enumerable.Repeat(TinyImages.Pictures(1)[0], 8)], "Of 8 calibration pictures 1 show something");
        ExpectRefusal([.. TinyImages.Pictures(7), Blank(0)], "Of 8 calibration pictures 7 show something");
    }

    [Fact]
    public void Constant_activations_are_refused_by_name()
    {
        FloatModel dead = FloatModel.Read(TinyImages.Onnx(new TinyModel()
            .Input("x", 1, TinyImages.Size, TinyImages.Size, 3)
            .Constant("w", [1, 1, 3, 2], 0f, 0f, 0f, 0f, 0f, 0f)
            .Node("Conv2D", "c", ["x", "w"], ("padding", TinyModel.Text("VALID")), ("strides", TinyModel.Integers(1, 1, 1, 1)))
            .Node("Sigmoid", "out", ["c"])));

        ExpectRefusal(dead, TinyImages.Pictures(8), "never changed over 8 calibration pictures: 'c'");
    }

    [Fact]
    public void Cancelled_between_pictures() =>
        Assert.Throws<OperationCanceledException>(() => RangeCalibration.Measure(TinyImages.Model(), TinyImages.Pictures(8), new CancellationToken(canceled: true)));

    private static void ExpectRefusal(List<byte[]> pictures, string expected) => ExpectRefusal(TinyImages.Model(), pictures, expected);

    private static void ExpectRefusal(FloatModel model, List<byte[]> pictures, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ModelFormatException>(() => RangeCalibration.Measure(model, pictures, default)).Message,
        StringComparison.Ordinal);
}
