using CsCheck;
using static JellyBean.ModelFactory.Tests.TinyModel;

namespace JellyBean.ModelFactory.Tests.Conversion;

public sealed class ConvolutionTests
{
    private static readonly Gen<(int Size, int Kernel, int Stride, int Dilation, bool Same)> Windows =
        Gen.Select(Gen.Int[6, 9], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 2], Gen.Bool);

    [Fact]
    public void Convolution_any_window_equals_the_naive_sum() => Windows.Sample(
        window =>
        {
            Tensor image = Tensor.Pattern(2, window.Size, window.Size + 1, 3), filter = Tensor.Pattern(window.Kernel, window.Kernel, 3, 4);
            TinyModel model = Model("Conv2D", image, filter, window);

            Tensor found = model.Run("out", image);

            Converted.Equal(Naive(image, filter, window, depthwise: false), found);
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void Depthwise_any_window_equals_the_naive_sum() => Windows.Sample(
        window =>
        {
            Tensor image = Tensor.Pattern(1, window.Size, window.Size, 3), filter = Tensor.Pattern(window.Kernel, window.Kernel, 3, 2);
            TinyModel model = Model("DepthwiseConv2dNative", image, filter, window);

            Tensor found = model.Run("out", image);

            Converted.Equal(Naive(image, filter, window, depthwise: true), found);
        },
        iter: 40,
        threads: 1);

    [Theory]
    [InlineData("Relu")]
    [InlineData("Relu6")]
    [InlineData("LeakyRelu")]
    public void Fused_bias_and_activation_are_applied_in_that_order(string activation)
    {
        Tensor image = Tensor.Pattern(1, 4, 4, 2), filter = Tensor.Pattern(1, 1, 2, 2);
        float[] bias = [0.5f, -4];
        TinyModel model = new TinyModel()
            .Input("x", 1, 4, 4, 2)
            .Constant("w", filter.Shape, filter.Values)
            .Constant("b", [2], bias)
            .Node("_FusedConv2D", "out", ["x", "w", "b"], ("padding", Text("VALID")), ("strides", Integers(1, 1, 1, 1)), ("fused_ops", Texts("BiasAdd", activation)), ("leakyrelu_alpha", Number(0.25f)));

        Tensor found = model.Run("out", image);

        Tensor expected = Naive(image, filter, (4, 1, 1, 1, false), depthwise: false);
        for (int index = 0; index < expected.Values.Length; index++)
        {
            float sum = expected.Values[index] + bias[index % 2];
            expected.Values[index] = activation switch
            {
                "Relu" => Math.Max(0, sum),
                "Relu6" => Math.Clamp(sum, 0, 6),
                _ => sum < 0 ? sum / 4 : sum,
            };
        }

        Converted.Equal(expected, found);
    }

    [Fact]
    public void Filter_of_fewer_channels_than_its_input_convolves_in_groups()
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 1, 1, 4)
            .Constant("w", [1, 1, 2, 2], 1f, 10f, 2f, 20f)
            .Node("Conv2D", "out", ["x", "w"], ("padding", Text("VALID")), ("strides", Integers(1, 1, 1, 1)));

        Tensor found = model.Run("out", new Tensor([1, 1, 1, 4], [1, 2, 3, 4]));

        Converted.Equal(new Tensor([1, 1, 1, 2], [1 + (2 * 2), (3 * 10) + (4 * 20)]), found);
    }

    [Fact]
    public void Explicit_padding_is_kept()
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 1, 2, 1)
            .Constant("w", [1, 1, 1, 1], 1f)
            .Node("Conv2D", "out", ["x", "w"], ("padding", Text("EXPLICIT")), ("strides", Integers(1, 1, 1, 1)), ("explicit_paddings", Integers(0, 0, 1, 0, 0, 2, 0, 0)));

        Tensor found = model.Run("out", new Tensor([1, 1, 2, 1], [5, 6]));

        Converted.Equal(new Tensor([1, 2, 4, 1], [0, 0, 0, 0, 5, 6, 0, 0]), found);
    }

    private static TinyModel Model(string operation, Tensor image, Tensor filter, (int Size, int Kernel, int Stride, int Dilation, bool Same) window) => new TinyModel()
        .Input("x", [1, .. image.Shape[1..]])
        .Constant("w", filter.Shape, filter.Values)
        .Node(
            operation,
            "out",
            ["x", "w"],
            ("padding", Text(window.Same ? "SAME" : "VALID")),
            ("strides", Integers(1, window.Stride, window.Stride, 1)),
            ("dilations", Integers(1, window.Dilation, window.Dilation, 1)));

    /// <summary>[batch, height, width, in] with a filter [height, width, in, out or multiplier], by the definition.</summary>
    private static Tensor Naive(Tensor image, Tensor filter, (int Size, int Kernel, int Stride, int Dilation, bool Same) window, bool depthwise)
    {
        (long batch, long height, long width, long channels) = (image.Shape[0], image.Shape[1], image.Shape[2], image.Shape[3]);
        long outputs = filter.Shape[3], reach = ((window.Kernel - 1) * window.Dilation) + 1;
        long Size(long size) => window.Same ? (size + window.Stride - 1) / window.Stride : ((size - reach) / window.Stride) + 1;
        long Before(long size) => window.Same ? Math.Max(0, ((Size(size) - 1) * window.Stride) + reach - size) / 2 : 0;
        Tensor result = Tensor.Zeros(batch, Size(height), Size(width), depthwise ? channels * outputs : outputs);
        for (long n = 0; n < batch; n++)
            for (long y = 0; y < result.Shape[1]; y++)
                for (long x = 0; x < result.Shape[2]; x++)
                    for (long ky = 0; ky < window.Kernel; ky++)
                        for (long kx = 0; kx < window.Kernel; kx++)
                        {
                            long row = (y * window.Stride) + (ky * window.Dilation) - Before(height), column = (x * window.Stride) + (kx * window.Dilation) - Before(width);
                            if (row < 0 || column < 0 || row >= height || column >= width)
                                continue;
                            for (long c = 0; c < channels; c++)
                                for (long o = 0; o < outputs; o++)
                                    result[n, y, x, depthwise ? (c * outputs) + o : o] += image[n, row, column, c] * filter[ky, kx, c, o];
                        }

        return result;
    }
}
