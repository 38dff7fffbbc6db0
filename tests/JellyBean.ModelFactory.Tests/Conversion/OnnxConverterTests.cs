using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Schema;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.ModelFactory.Tests.Conversion;

public sealed class OnnxConverterTests
{
    [Fact]
    public void Unsupported_operators_are_listed_together_with_their_nodes()
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 2, 2, 1)
            .Node("Wobble", "a", ["x"])
            .Node("Frobnicate", "b", ["a"])
            .Node("Wobble", "c", ["b"])
            .Node("Unreached", "d", ["x"]);

        var refused = Assert.Throws<ModelFormatException>(() => model.Convert("c"));

        Assert.Contains("Frobnicate ('b'); Wobble ('a', 'c')", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Unreached", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_node_is_named_with_its_reader()
    {
        TinyModel model = new TinyModel().Node("Relu", "r", ["nowhere"]);

        var refused = Assert.Throws<ModelFormatException>(() => model.Convert("r"));

        Assert.Contains("Node 'r' reads 'nowhere'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loop_is_refused()
    {
        TinyModel model = new TinyModel().Node("Relu", "a", ["b"]).Node("Relu", "b", ["a"]);

        var refused = Assert.Throws<ModelFormatException>(() => model.Convert("a"));

        Assert.Contains("depends on itself", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_before_any_file_is_written()
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 2, 2, 3)
            .Constant("b", [2], 1f, 2f)
            .Node("AddV2", "sum", ["x", "b"]);

        var refused = Assert.Throws<ModelFormatException>(() => model.Convert("sum"));

        Assert.Contains("[N, 2, 2, 3] and [2]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_conversions_give_the_same_bytes()
    {
        byte[] Once() => new TinyModel()
            .Input("x", 1, 2, 2, 1)
            .Constant("b", [1, 1, 1, 2], 1f, 2f)
            .Node("AddV2", "sum", ["x", "b"])
            .Node("Sigmoid", "out", ["sum"])
            .Convert("out", "sum");

        Assert.Equal(Once(), Once());
    }

    [Fact]
    public void Outputs_keep_the_recipes_names_and_order_even_where_nodes_are_named_so()
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 2, 2, 1)
            .Node("Relu", "result_1", ["x"])
            .Node("Sigmoid", "result_0", ["result_1"]);

        ModelProto parsed = ModelProto.Parser.ParseFrom(model.Convert("result_1", "result_0"));
        using var session = new InferenceSession(model.Convert("result_1", "result_0"));

        Assert.Equal(["result_0", "result_1"], session.OutputNames);
        Assert.Equal("N", parsed.Graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam);
        Assert.Equal((8, 18), (parsed.IrVersion, parsed.OpsetImport[0].Version));
    }

    [Theory]
    [InlineData(ImageLayout.ChannelsLast)]
    [InlineData(ImageLayout.ChannelsFirst)]
    public void Pixels_are_normalised_in_the_graph(ImageLayout layout)
    {
        TinyModel model = new TinyModel()
            .Input("x", layout == ImageLayout.ChannelsLast ? [1, 1, 2, 3] : [1, 3, 1, 2])
            .Node("Identity", "out", ["x"]);
        ConversionRecipe recipe = Converted.Recipe("out") with
        {
            Layout = layout,
            Pixels = new PixelNormalisation { Mean = [10, 20, 30], Deviation = [1, 2, 4] },
        };
        byte[] pixels = [11, 22, 34, 255, 20, 30];

        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 1, 2, 3]);
        Tensor found = Converted.Run(OnnxConverter.Convert(model.Read(), recipe, size: null), input)[0];

        Converted.Equal(
            layout == ImageLayout.ChannelsLast
                ? new Tensor([1, 1, 2, 3], [1, 1, 1, 245, 0, 0])
                : new Tensor([1, 3, 1, 2], [1, 245, 1, 0, 1, 0]),
            found);
    }
}
