using System.Collections.Immutable;
using JellyBean.ModelFactory.Schema;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.ModelFactory.Quantisation;

/// <summary>A float model ready for quantisation: biases, paddings and constants folded into its convolutions by ONNX Runtime.</summary>
internal sealed class FloatModel
{
    private const string Conv = "Conv";
    private const int WeightsInput = 1;

    private FloatModel(ModelProto model)
    {
        Model = model;
        Constants = model.Graph.Initializer.ToImmutableDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Activations = FindActivations(model.Graph, Constants);
    }

    public ModelProto Model { get; }

    public ImmutableDictionary<string, TensorProto> Constants { get; }

    /// <summary>Tensors to hold in 8 bits, in the order of the graph: what convolutions read and what they give.</summary>
    public ImmutableArray<string> Activations { get; }

    /// <exception cref="ModelFormatException">ONNX Runtime cannot read it, or it has no convolutions with constant weights.</exception>
    public static FloatModel Read(byte[] onnx)
    {
        string file = Path.Combine(Path.GetTempPath(), $"jellybean-{Guid.NewGuid():N}.onnx");
        try
        {
            using var options = new SessionOptions
            {
                // Folds nodes without changing operators for a processor, so the result runs anywhere.
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
                OptimizedModelFilePath = file,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            using (new InferenceSession(onnx, options))
            {
                return new FloatModel(ModelProto.Parser.ParseFrom(File.ReadAllBytes(file)));
            }
        }
        catch (OnnxRuntimeException unreadable)
        {
            throw new ModelFormatException($"ONNX Runtime cannot read the model to be quantised: {unreadable.Message} Convert it again.", unreadable);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static bool IsConvolution(NodeProto node) => node.OpType == Conv;

    private static ImmutableArray<string> FindActivations(GraphProto graph, ImmutableDictionary<string, TensorProto> constants)
    {
        NodeProto[] convolutions = [.. graph.Node.Where(IsConvolution)];
        if (convolutions.Length == 0)
            throw new ModelFormatException($"'{graph.Name}' has no {Conv} node, and only those are quantised. Use the model as it is.");
        string[] dynamic = [.. convolutions.Where(node => node.Input.Skip(WeightsInput).Any(input => input.Length > 0 && !IsFloat(input))).Select(node => $"'{node.Name}'")];
        if (dynamic.Length > 0)
            throw new ModelFormatException(
                $"'{graph.Name}' computes weights of the convolutions {string.Join(", ", dynamic)} while it runs, but only constant float weights can be quantised. Export it with constant weights, or use it as it is.");

        ILookup<string, NodeProto> readers = graph.Node
            .SelectMany(node => node.Input.Distinct(StringComparer.Ordinal), (node, input) => (input, node))
            .ToLookup(pair => pair.input, pair => pair.node, StringComparer.Ordinal);
        HashSet<string> results = [.. graph.Output.Select(output => output.Name)];
        return [.. convolutions.SelectMany(node => new[] { node.Input[0], Result(node) }).Distinct(StringComparer.Ordinal).Where(name => !results.Contains(name))];

        bool IsFloat(string name) => constants.TryGetValue(name, out TensorProto? tensor) && tensor is { DataType: (int)TensorProto.Types.DataType.Float, RawData.Length: > 0 };

        // A Relu costs nothing where it is part of the step to 8 bits, whose least value is then zero.
        string Result(NodeProto node) => !results.Contains(node.Output[0]) && readers[node.Output[0]].ToArray() is [{ OpType: "Relu" } relu] ? relu.Output[0] : node.Output[0];
    }
}
