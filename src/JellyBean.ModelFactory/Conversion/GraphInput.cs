using System.Collections.Immutable;
using JellyBean.ModelFactory.Schema;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>The graph's only input: an image batch, raw pixels or as the model has it.</summary>
internal static class GraphInput
{
    /// <summary>Its name in the ONNX file.</summary>
    public const string Name = "pixels";

    private const string Operator = "Placeholder";
    private const int ImageRank = 4;

    public static bool HasOwnSize(IEnumerable<GraphNode> nodes, ConversionRecipe recipe) =>
        nodes.Where(node => node.Operator == Operator)
            .All(node => node.Attributes.Shape("shape") is { Length: ImageRank } shape && SpatialAxes(recipe.Layout).All(axis => shape[axis] > 0));

    public static void Translate(NodeContext node)
    {
        ConversionRecipe recipe = node.Pass.Recipe;
        if (node.Attributes.Shape("shape") is not { Length: ImageRank } declared)
            throw node.Refuse("does not declare an input of four axes, an image batch");
        long[] shape = [.. declared];
        shape[0] = Shapes.Batch;
        foreach (int axis in SpatialAxes(recipe.Layout))
            shape[axis] = node.Pass.Size ?? shape[axis];
        if (shape.Skip(1).Any(dimension => dimension <= 0))
            throw node.Refuse($"declares the shape {Shapes.Text(declared)}, which leaves height or width open; give a size");

        if (recipe.Pixels is { } pixels)
            node.Produce(Normalise(node, pixels, shape), shape, StoredChannelsFirst(recipe.Layout));
        else
            node.Produce(node.Graph.Input(Name, TensorProto.Types.DataType.Float, shape), shape, AxisOrder.Natural(ImageRank));
    }

    /// <summary>[N, height, width, 3] uint8 → [N, 3, height, width] float, normalised.</summary>
    private static string Normalise(NodeContext node, PixelNormalisation pixels, long[] shape)
    {
        ImmutableArray<long> stored = StoredChannelsFirst(node.Pass.Recipe.Layout).Arrange(shape);
        (long batch, long channels, long height, long width) = (stored[0], stored[1], stored[2], stored[3]);
        if (pixels.Mean.Length != channels || pixels.Deviation.Length != channels)
            throw node.Refuse($"has {channels} channels, but the recipe gives {pixels.Mean.Length} means and {pixels.Deviation.Length} deviations");

        OnnxGraphBuilder graph = node.Graph;
        string input = graph.Input(Name, TensorProto.Types.DataType.Uint8, [batch, height, width, channels]);
        // Transposing bytes before widening them moves a quarter of the memory.
        string planes = graph.Node("Transpose", Name + "/planes", [input], OnnxAttribute.Of("perm", 0, 3, 1, 2));
        string wide = graph.Node("Cast", Name + "/float", [planes], OnnxAttribute.Of("to", (long)TensorProto.Types.DataType.Float));
        if (pixels.IsIdentity)
            return wide;
        string mean = graph.Constant(Name + "/mean", [.. pixels.Mean], channels, 1, 1);
        string scale = graph.Constant(Name + "/scale", [.. pixels.Deviation.Select(deviation => 1 / deviation)], channels, 1, 1);
        string centred = graph.Node("Sub", Name + "/centred", [wide, mean]);
        return graph.Node("Mul", Name + "/normalised", [centred, scale]);
    }

    private static int[] SpatialAxes(ImageLayout layout) => layout == ImageLayout.ChannelsFirst ? [2, 3] : [1, 2];

    private static AxisOrder StoredChannelsFirst(ImageLayout layout) =>
        layout == ImageLayout.ChannelsFirst ? AxisOrder.Natural(ImageRank) : AxisOrder.ChannelsFirst;
}
