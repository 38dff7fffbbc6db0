using CsCheck;
using JellyBean.ModelFactory.Conversion;
using static JellyBean.ModelFactory.Tests.TinyModel;

namespace JellyBean.ModelFactory.Tests.Conversion;

/// <summary>Pooling and resizing.</summary>
public sealed class SamplingTests
{
    private static readonly Tensor Row = new([1, 1, 3, 1], [1, 5, 3]);

    [Theory]
    [InlineData("MaxPool", "SAME", new[] { 5f, 3f })]
    [InlineData("MaxPool", "VALID", new[] { 5f })]
    [InlineData("AvgPool", "SAME", new[] { 3f, 3f })]
    public void Pooling_leaves_padding_out(string operation, string padding, float[] expected)
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 1, 3, 1)
            .Node(operation, "out", ["x"], ("ksize", Integers(1, 1, 2, 1)), ("strides", Integers(1, 1, 2, 1)), ("padding", Text(padding)));

        Tensor found = model.Run("out", Row);

        Converted.Equal(new Tensor([1, 1, expected.Length, 1], expected), found);
    }

    // Expected numbers by TensorFlow's definitions: source = target × scale, (target + ½) × scale − ½, or corner to corner.
    [Theory]
    [InlineData("ResizeBilinear", false, false, new[] { 1f, 3f, 5f, 4f, 3f, 3f })]
    [InlineData("ResizeBilinear", false, true, new[] { 1f, 2f, 4f, 4.5f, 3.5f, 3f })]
    [InlineData("ResizeBilinear", true, false, new[] { 1f, 2.6f, 4.2f, 4.6f, 3.8f, 3f })]
    [InlineData("ResizeNearestNeighbor", false, false, new[] { 1f, 1f, 5f, 5f, 3f, 3f })]
    [InlineData("ResizeNearestNeighbor", false, true, new[] { 1f, 1f, 5f, 5f, 3f, 3f })]
    [InlineData("ResizeNearestNeighbor", true, false, new[] { 1f, 1f, 5f, 5f, 3f, 3f })]
    public void Resize_places_pixels_as_the_source_does(string operation, bool corners, bool centres, float[] expected)
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 1, 3, 1)
            .Constant("size", [2], 1, 6)
            .Node(operation, "out", ["x", "size"], ("align_corners", Flag(corners)), ("half_pixel_centers", Flag(centres)));

        Tensor found = model.Run("out", Row);

        Converted.Equal(new Tensor([1, 1, 6, 1], expected), found);
    }

    [Fact]
    public void Resize_to_a_fixed_size_grows_with_the_input()
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 2, 2, 1)
            .Constant("size", [2], 4, 6)
            .Node("ResizeNearestNeighbor", "out", ["x", "size"]);

        Tensor found = Converted.Run(OnnxConverter.Convert(model.Read(), Converted.Recipe("out"), size: 4), Tensor.Pattern(1, 4, 4, 1));

        Assert.Equal([1, 8, 12, 1], found.Shape);
    }

    [Fact]
    public void Resize_between_any_sizes_gives_the_exact_size() => Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90]).Sample(
        (from, to) =>
        {
            TinyModel model = new TinyModel()
                .Input("x", 1, 1, from, 1)
                .Constant("size", [2], 1, to)
                .Node("ResizeBilinear", "out", ["x", "size"]);

            Assert.Equal(to, model.Run("out", Tensor.Pattern(1, 1, from, 1)).Shape[2]);
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void Resize_without_a_whole_counterpart_is_refused_by_name()
    {
        TinyModel model = new TinyModel()
            .Input("x", 1, 2, 2, 1)
            .Constant("size", [2], 3, 3)
            .Node("ResizeNearestNeighbor", "up", ["x", "size"]);

        var refused = Assert.Throws<ModelFormatException>(() => OnnxConverter.Convert(model.Read(), Converted.Recipe("up"), size: 3));

        Assert.Contains("'up'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("choose another input size", refused.Message, StringComparison.Ordinal);
    }
}
