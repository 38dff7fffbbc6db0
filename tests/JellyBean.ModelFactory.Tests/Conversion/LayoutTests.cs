using static JellyBean.ModelFactory.Tests.TinyModel;

namespace JellyBean.ModelFactory.Tests.Conversion;

/// <summary>Operators between a convolution and the result see the graph's axes however the tensor lies in memory.</summary>
public sealed class LayoutTests
{
    private static readonly Tensor Image = Tensor.Pattern(2, 2, 3, 4);

    [Fact]
    public void Concatenation_along_channels_after_a_convolution_joins_channels()
    {
        TinyModel model = AfterConvolution()
            .Constant("axis", [], -1)
            .Node("ConcatV2", "out", ["conv", "x", "axis"]);

        Tensor found = model.Run("out", Image);

        Tensor expected = Tensor.Zeros(2, 2, 3, 8);
        ForEach(Image, (n, y, x, c, value) => expected[n, y, x, c] = expected[n, y, x, c + 4] = value);
        Converted.Equal(expected, found);
    }

    [Fact]
    public void Addition_of_a_vector_after_a_convolution_is_per_channel()
    {
        TinyModel model = AfterConvolution()
            .Constant("b", [4], 1f, 2f, 3f, 4f)
            .Node("BiasAdd", "out", ["conv", "b"]);

        Tensor found = model.Run("out", Image);

        Tensor expected = Tensor.Zeros(Image.Shape);
        ForEach(Image, (n, y, x, c, value) => expected[n, y, x, c] = value + c + 1);
        Converted.Equal(expected, found);
    }

    [Theory]
    [InlineData("Sub", "x", "conv")]
    [InlineData("Sub", "conv", "x")]
    public void Operands_in_different_orders_meet(string operation, string left, string right)
    {
        TinyModel model = AfterConvolution()
            .Constant("two", [], 2f)
            .Node("Mul", "double", [left, "two"])
            .Node(operation, "out", ["double", right]);

        Tensor found = model.Run("out", Image);

        Converted.Equal(Image, found);
    }

    [Fact]
    public void Transposition_after_a_convolution_gives_the_graphs_axes()
    {
        TinyModel model = AfterConvolution()
            .Constant("perm", [4], 0, 3, 2, 1)
            .Node("Transpose", "out", ["conv", "perm"]);

        Tensor found = model.Run("out", Image);

        Tensor expected = Tensor.Zeros(2, 4, 3, 2);
        ForEach(Image, (n, y, x, c, value) => expected[n, c, x, y] = value);
        Converted.Equal(expected, found);
    }

    [Fact]
    public void Transposition_to_channels_first_and_back_moves_no_data()
    {
        TinyModel model = AfterConvolution()
            .Constant("first", [4], 0, 3, 1, 2)
            .Constant("last", [4], 0, 2, 3, 1)
            .Node("Transpose", "planes", ["conv", "first"])
            .Node("Relu", "relu", ["planes"])
            .Node("Transpose", "back", ["relu", "last"])
            .Node("Conv2D", "conv2", ["back", "w"], ("padding", Text("VALID")))
            .Node("Transpose", "out", ["conv2", "first"]);

        byte[] onnx = model.Convert("out");

        Schema.ModelProto parsed = Schema.ModelProto.Parser.ParseFrom(onnx);
        Assert.Equal(["Transpose", "Conv", "Relu", "Conv", "Identity"], parsed.Graph.Node.Select(node => node.OpType));
    }

    [Fact]
    public void Reshape_after_a_convolution_keeps_the_batch_and_the_graphs_order()
    {
        TinyModel model = AfterConvolution()
            .Constant("shape", [3], 1, -1, 4)
            .Node("Reshape", "out", ["conv", "shape"]);

        Tensor found = model.Run("out", Image);

        Converted.Equal(new Tensor([2, 6, 4], Image.Values), found);
    }

    [Fact]
    public void Reshape_with_a_computed_constant_target_is_converted()
    {
        TinyModel model = AfterConvolution()
            .Constant("nowhere", [0, 1], Array.Empty<int>())
            .Constant("three", [1], 3)
            .Constant("nothing", [0], Array.Empty<int>())
            .Constant("zero", [], 0)
            .Constant("base", [3], 1, 6, 4)
            .Node("SparseToDense", "zeros", ["nowhere", "three", "nothing", "zero"])
            .Node("AddV2", "shape", ["base", "zeros"])
            .Node("Reshape", "out", ["conv", "shape"]);

        Tensor found = model.Run("out", Image);

        Converted.Equal(new Tensor([2, 6, 4], Image.Values), found);
    }

    [Fact]
    public void Padding_after_a_convolution_widens_the_named_axes()
    {
        TinyModel model = AfterConvolution()
            .Constant("paddings", [4, 2], 0, 0, 1, 0, 0, 2, 0, 0)
            .Constant("filler", [], 9f)
            .Node("PadV2", "out", ["conv", "paddings", "filler"]);

        Tensor found = model.Run("out", Image);

        Tensor expected = Tensor.Zeros(2, 3, 5, 4);
        Array.Fill(expected.Values, 9);
        ForEach(Image, (n, y, x, c, value) => expected[n, y + 1, x, c] = value);
        Converted.Equal(expected, found);
    }

    [Fact]
    public void Split_after_a_convolution_takes_channels_apart()
    {
        TinyModel model = AfterConvolution()
            .Constant("sizes", [2], 1, -1)
            .Constant("axis", [], 3)
            .Node("SplitV", "split", ["conv", "sizes", "axis"])
            .Node("Identity", "out", ["split:1"]);

        Tensor found = model.Run("out", Image);

        Tensor expected = Tensor.Zeros(2, 2, 3, 3);
        ForEach(Image, (n, y, x, c, value) =>
        {
            if (c > 0)
                expected[n, y, x, c - 1] = value;
        });
        Converted.Equal(expected, found);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mean_after_a_convolution_is_over_height_and_width(bool keep)
    {
        TinyModel model = AfterConvolution()
            .Constant("axes", [2], 1, 2)
            .Node("Mean", "out", ["conv", "axes"], ("keep_dims", Flag(keep)));

        Tensor found = model.Run("out", Image);

        Tensor expected = keep ? Tensor.Zeros(2, 1, 1, 4) : Tensor.Zeros(2, 4);
        ForEach(Image, (n, _, _, c, value) => expected.Values[(n * 4) + c] += value / 6);
        Converted.Equal(expected, found);
    }

    [Fact]
    public void Softmax_after_a_convolution_is_over_channels()
    {
        TinyModel model = AfterConvolution().Node("Softmax", "out", ["conv"]);

        Tensor found = model.Run("out", Image);

        for (int place = 0; place < found.Values.Length; place += 4)
            Assert.Equal(1, found.Values[place..(place + 4)].Sum(), 1e-5f);
    }

    [Fact]
    public void Slopes_after_a_convolution_are_per_channel()
    {
        TinyModel model = AfterConvolution()
            .Constant("slopes", [1, 1, 4], 0f, 1f, 2f, 3f)
            .Node("Prelu", "out", ["conv", "slopes"]);

        Tensor found = model.Run("out", Image);

        Tensor expected = Tensor.Zeros(Image.Shape);
        ForEach(Image, (n, y, x, c, value) => expected[n, y, x, c] = value < 0 ? value * c : value);
        Converted.Equal(expected, found);
    }

    [Fact]
    public void Axes_are_removed_and_added_where_the_graph_says()
    {
        TinyModel model = AfterConvolution()
            .Constant("axes", [1], 2)
            .Constant("front", [], 1)
            .Node("Max", "max", ["conv", "axes"], ("keep_dims", Flag(true)))
            .Node("Squeeze", "squeezed", ["max"], ("squeeze_dims", Integers(2)))
            .Node("ExpandDims", "out", ["squeezed", "front"]);

        Tensor found = model.Run("out", Image);

        Tensor expected = Tensor.Zeros(2, 1, 2, 4);
        Array.Fill(expected.Values, float.MinValue);
        ForEach(Image, (n, y, _, c, value) => expected[n, 0, y, c] = Math.Max(expected[n, 0, y, c], value));
        Converted.Equal(expected, found);
    }

    /// <summary>A convolution that changes nothing: what follows it gets a tensor that lies channels-first.</summary>
    private static TinyModel AfterConvolution()
    {
        Tensor one = Tensor.Zeros(1, 1, 4, 4);
        for (int channel = 0; channel < 4; channel++)
            one[0, 0, channel, channel] = 1;
        return new TinyModel()
            .Input("x", 1, 2, 3, 4)
            .Constant("w", one.Shape, one.Values)
            .Node("Conv2D", "conv", ["x", "w"], ("padding", Text("VALID")));
    }

    private static void ForEach(Tensor image, Action<long, long, long, long, float> visit)
    {
        for (long n = 0; n < image.Shape[0]; n++)
            for (long y = 0; y < image.Shape[1]; y++)
                for (long x = 0; x < image.Shape[2]; x++)
                    for (long c = 0; c < image.Shape[3]; c++)
                        visit(n, y, x, c, image[n, y, x, c]);
    }
}
