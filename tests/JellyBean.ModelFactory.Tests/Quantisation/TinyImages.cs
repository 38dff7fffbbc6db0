using System.Collections.Immutable;
using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Quantisation;
using JellyBean.ModelFactory.Tests.Conversion;

namespace JellyBean.ModelFactory.Tests.Quantisation;

/// <summary>Two convolutions over pictures of 8 × 8 pixels, and pictures for them.</summary>
internal static class TinyImages
{
    public const int Size = 8;

    public static FloatModel Model() => FloatModel.Read(Onnx(new TinyModel()
        .Input("x", 1, Size, Size, 3)
        .Constant("w1", [3, 3, 3, 4], Tensor.Pattern(3, 3, 3, 4).Values)
        .Constant("b1", [4], 3f, -2f, 0f, 1f)
        .Node("_FusedConv2D", "c1", ["x", "w1", "b1"], ("padding", TinyModel.Text("SAME")), ("strides", TinyModel.Integers(1, 1, 1, 1)), ("fused_ops", TinyModel.Texts("BiasAdd", "Relu")))
        .Constant("w2", [1, 1, 4, 2], Tensor.Pattern(1, 1, 4, 2).Values)
        .Node("Conv2D", "c2", ["c1", "w2"], ("padding", TinyModel.Text("VALID")), ("strides", TinyModel.Integers(1, 1, 1, 1)))
        .Node("Sigmoid", "out", ["c2"])));

    public static byte[] Onnx(TinyModel model) => OnnxConverter.Convert(
        model.Read(),
        Converted.Recipe("out") with { Pixels = new PixelNormalisation { Mean = [128, 128, 128], Deviation = [64, 64, 64] } },
        size: null);

    public static List<byte[]> Pictures(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var picture = new byte[Size * Size * 3];
            random.NextBytes(picture);
            return picture;
        })];
    }

    public static ImmutableDictionary<string, TensorRange> Ranges(FloatModel model) => RangeCalibration.Measure(model, Pictures(16), default);
}
