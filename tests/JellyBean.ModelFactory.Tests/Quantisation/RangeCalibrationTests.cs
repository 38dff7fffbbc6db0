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
    public void Blank_pictures_are_refused_for_their_constant_activations() =>
        ExpectRefusal([.. Enumerable.Repeat(new byte[TinyImages.Size * TinyImages.Size * 3], 8)], "never changed over 8 calibration pictures: 'pixels/normalised'");

    [Fact]
    public void Cancelled_between_pictures() =>
        Assert.Throws<OperationCanceledException>(() => RangeCalibration.Measure(TinyImages.Model(), TinyImages.Pictures(8), new CancellationToken(canceled: true)));

    private static void ExpectRefusal(List<byte[]> pictures, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ModelFormatException>(() => RangeCalibration.Measure(TinyImages.Model(), pictures, default)).Message,
        StringComparison.Ordinal);
}
