using System.Collections.Immutable;
using System.Text.Json;

namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>Reads a <c>model.json</c> and the weight shards it names from the same folder.</summary>
internal static class GraphModelReader
{
    private const string GraphModelFormat = "graph-model";

    /// <exception cref="ModelFormatException">The files are damaged, incomplete or of another kind.</exception>
    public static GraphModel Read(string modelJsonPath)
    {
        ModelJson json = Parse(modelJsonPath);
        if (json.Format is { } format && format != GraphModelFormat)
            throw new ModelFormatException(
                $"'{modelJsonPath}' is a '{format}', but only a '{GraphModelFormat}' can be converted. Export it with tensorflowjs_converter --output_format=tfjs_graph_model.");
        if (json.ModelTopology?.Node is not { Count: > 0 } nodes)
            throw new ModelFormatException($"'{modelJsonPath}' holds no graph (modelTopology.node). Give the model.json of a TensorFlow.js graph model.");

        string folder = Path.GetDirectoryName(Path.GetFullPath(modelJsonPath))!;
        return new GraphModel
        {
            Origin = modelJsonPath,
            Nodes = ReadNodes(nodes, modelJsonPath),
            Weights = ReadWeights(json.WeightsManifest ?? [], folder, modelJsonPath),
        };
    }

    private static ModelJson Parse(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, ModelJsonContext.Default.ModelJson)
                ?? throw new ModelFormatException($"'{path}' holds 'null', but a TensorFlow.js graph model was expected.");
        }
        catch (JsonException broken)
        {
            throw new ModelFormatException($"'{path}' is not a TensorFlow.js model: {broken.Message} The file is damaged or incomplete; get it again.", broken);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException($"There is no '{path}'. Give the path of a TensorFlow.js model.json.", missing);
        }
    }

    private static ImmutableDictionary<string, GraphNode> ReadNodes(IReadOnlyList<NodeJson> nodes, string origin)
    {
        var read = ImmutableDictionary.CreateBuilder<string, GraphNode>(StringComparer.Ordinal);
        foreach (NodeJson node in nodes)
        {
            if (string.IsNullOrEmpty(node.Name) || string.IsNullOrEmpty(node.Op))
                throw new ModelFormatException($"Node {read.Count} of '{origin}' has no name or no operator. The file is damaged; get it again.");
            var parsed = new GraphNode
            {
                Name = node.Name,
                Operator = node.Op,
                Inputs = [.. (node.Input ?? []).Where(input => !NodeOutput.IsControl(input)).Select(NodeOutput.Parse)],
                Attributes = node.Attr is { } attributes ? new NodeAttributes(attributes) : NodeAttributes.None,
            };
            if (!read.TryAdd(node.Name, parsed))
                throw new ModelFormatException($"'{origin}' has two nodes named '{node.Name}'. The file is damaged; get it again.");
        }

        return read.ToImmutable();
    }

    private static ImmutableDictionary<string, Weight> ReadWeights(IReadOnlyList<WeightGroupJson> groups, string folder, string origin)
    {
        var read = ImmutableDictionary.CreateBuilder<string, Weight>(StringComparer.Ordinal);
        foreach (WeightGroupJson group in groups)
        {
            IReadOnlyList<string> paths = group.Paths ?? [];
            byte[] bytes = WeightShards.Read(folder, paths, origin);
            var decoder = new WeightDecoder(bytes, string.Join(", ", paths));
            foreach (WeightJson weight in group.Weights ?? [])
            {
                Weight decoded = decoder.Next(weight);
                if (!read.TryAdd(decoded.Name, decoded))
                    throw new ModelFormatException($"'{origin}' has two weights named '{decoded.Name}'. The file is damaged; get it again.");
            }

            decoder.ExpectEnd();
        }

        return read.ToImmutable();
    }
}
