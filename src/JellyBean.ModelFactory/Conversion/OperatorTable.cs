using System.Collections.Frozen;
using JellyBean.ModelFactory.Conversion.Translators;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>Which operators can be converted, and by what.</summary>
internal static class OperatorTable
{
    private static readonly FrozenDictionary<string, Action<NodeContext>> Translators = new Dictionary<string, Action<NodeContext>>
    {
        ["Placeholder"] = GraphInput.Translate,
        ["Const"] = Constants.Translate,
        ["SparseToDense"] = Constants.SparseToDense,
        ["Identity"] = Constants.PassOn,
        ["StopGradient"] = Constants.PassOn,
        ["Conv2D"] = Convolution.Full,
        ["_FusedConv2D"] = Convolution.Full,
        ["DepthwiseConv2dNative"] = Convolution.Depthwise,
        ["FusedDepthwiseConv2dNative"] = Convolution.Depthwise,
        ["MaxPool"] = node => Pooling.Translate(node, "MaxPool"),
        ["AvgPool"] = node => Pooling.Translate(node, "AveragePool"),
        ["BiasAdd"] = Arithmetic.Add,
        ["Add"] = Arithmetic.Add,
        ["AddV2"] = Arithmetic.Add,
        ["Sub"] = Arithmetic.Subtract,
        ["Mul"] = Arithmetic.Multiply,
        ["RealDiv"] = Arithmetic.Divide,
        ["Maximum"] = Arithmetic.Maximum,
        ["Minimum"] = Arithmetic.Minimum,
        ["Relu"] = Activation.Translate,
        ["Relu6"] = Activation.Translate,
        ["LeakyRelu"] = Activation.Translate,
        ["Elu"] = Activation.Translate,
        ["Prelu"] = Activation.Translate,
        ["Sigmoid"] = Activation.Translate,
        ["Tanh"] = Activation.Translate,
        ["Softmax"] = Activation.Softmax,
        ["Pad"] = Padding.Translate,
        ["PadV2"] = Padding.Translate,
        ["MirrorPad"] = Padding.Translate,
        ["ConcatV2"] = Joining.Concatenate,
        ["Split"] = Joining.SplitEvenly,
        ["SplitV"] = Joining.SplitBySizes,
        ["ResizeBilinear"] = node => Resizing.Translate(node, nearest: false),
        ["ResizeNearestNeighbor"] = node => Resizing.Translate(node, nearest: true),
        ["Mean"] = node => Reduction.Translate(node, "ReduceMean"),
        ["Max"] = node => Reduction.Translate(node, "ReduceMax"),
        ["Sum"] = node => Reduction.Translate(node, "ReduceSum"),
        ["Transpose"] = Reshaping.Transpose,
        ["Reshape"] = Reshaping.Reshape,
        ["Squeeze"] = Reshaping.Squeeze,
        ["ExpandDims"] = Reshaping.ExpandDims,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Translate(NodeContext node) => Translators[node.Node.Operator](node);

    /// <summary>Names every operator we lack at once, so that nobody learns of them one by one.</summary>
    public static void ExpectSupported(IEnumerable<GraphNode> nodes, string origin)
    {
        string[] unsupported = [.. nodes
            .Where(node => !Translators.ContainsKey(node.Operator))
            .GroupBy(node => node.Operator, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} ({string.Join(", ", group.Select(node => $"'{node.Name}'"))})")];
        if (unsupported.Length > 0)
            throw new ModelFormatException(
                $"'{origin}' uses operators that cannot be converted: {string.Join("; ", unsupported)}. Choose outputs that do not need them, or add them to the converter.");
    }
}
