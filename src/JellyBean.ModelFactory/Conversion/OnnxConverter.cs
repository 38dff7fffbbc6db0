using System.Collections.Immutable;
using Google.Protobuf;
using JellyBean.ModelFactory.Schema;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>Turns a TensorFlow.js graph into an ONNX model with open batch, images stored channels-first inside.</summary>
/// <remarks>Deterministic: the same source, recipe and size give the same bytes.</remarks>
internal static class OnnxConverter
{
    /// <param name="model">The source graph.</param>
    /// <param name="recipe">Input, outputs and metadata.</param>
    /// <param name="size">Height and width of the input, in pixels; null keeps the model's own.</param>
    /// <returns>The bytes of an ONNX file.</returns>
    /// <exception cref="ModelFormatException">The graph is damaged or has operators or settings that are not supported.</exception>
    public static byte[] Convert(GraphModel model, ConversionRecipe recipe, int? size)
    {
        ImmutableArray<NodeOutput> results = [.. recipe.Outputs.Select(output => NodeOutput.Parse(output.Source))];
        ImmutableArray<GraphNode> nodes = GraphOrder.Of(model, results);
        OperatorTable.ExpectSupported(nodes, model.Origin);

        // Sizes inside the graph (of resizes) are fixed for the model's own input. A first pass at that size learns
        // the shapes there, so that the second can turn fixed sizes into ratios.
        ImmutableDictionary<NodeOutput, ImmutableArray<long>>? native = null;
        if (size is not null && GraphInput.HasOwnSize(nodes, recipe))
            native = Translate(nodes, new OnnxGraphBuilder(), new ConversionPass(model, recipe, Size: null, NativeShapes: null))
                .ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Shape);

        var graph = new OnnxGraphBuilder();
        foreach (RecipeOutput output in recipe.Outputs)
            graph.Reserve(output.Name);
        Dictionary<NodeOutput, Value> values = Translate(nodes, graph, new ConversionPass(model, recipe, size, native));
        foreach (RecipeOutput output in recipe.Outputs)
            WriteOutput(graph, output, values);
        return Wrap(graph.Finish(recipe.Name), recipe).ToByteArray();
    }

    private static Dictionary<NodeOutput, Value> Translate(ImmutableArray<GraphNode> nodes, OnnxGraphBuilder graph, ConversionPass pass)
    {
        var values = new Dictionary<NodeOutput, Value>();
        foreach (GraphNode node in nodes)
        {
            ImmutableArray<Value> inputs = [.. node.Inputs.Select(input => values.TryGetValue(input, out Value? value)
                ? value
                : throw new ModelFormatException($"Node '{node.Name}' reads '{input}', but '{input.Node}' has no such result. The file is damaged; get it again."))];
            OperatorTable.Translate(new NodeContext(node, inputs, graph, pass, values.Add));
        }

        return values;
    }

    private static void WriteOutput(OnnxGraphBuilder graph, RecipeOutput output, Dictionary<NodeOutput, Value> values)
    {
        if (!values.TryGetValue(NodeOutput.Parse(output.Source), out Value? value) || value is not TensorValue tensor)
            throw new ModelFormatException($"The recipe keeps '{output.Source}' as '{output.Name}', which is not computed from the input. Choose another output.");
        AxisOrder order = output.ChannelsFirst && tensor.Rank == AxisOrder.ChannelsFirst.Rank ? AxisOrder.ChannelsFirst : AxisOrder.Natural(tensor.Rank);
        graph.Output(output.Name, graph.InOrder(tensor, order), order.Arrange(tensor.Shape));
    }

    private static ModelProto Wrap(GraphProto graph, ConversionRecipe recipe)
    {
        var model = new ModelProto
        {
            IrVersion = OnnxFormat.IrVersion,
            ProducerName = OnnxFormat.Producer,
            ProducerVersion = OnnxFormat.ConverterVersion,
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OnnxFormat.OperatorSet });
        foreach ((string key, string value) in recipe.Metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model;
    }
}
