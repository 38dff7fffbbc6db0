using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Convolutions, with bias and activation where the exporter fused them.</summary>
internal static class Convolution
{
    private const string Bias = "BiasAdd";
    private const int FirstExtraInput = 2;
    private const int FilterRank = 4;

    /// <summary>The graph's filter [height, width, in, out] in ONNX's order [out, in, height, width].</summary>
    private static readonly AxisOrder OutputsFirst = AxisOrder.Of([3, 2, 0, 1]);

    /// <summary>The graph's filter [height, width, in, multiplier] with the channels it makes, in × multiplier, in front.</summary>
    private static readonly AxisOrder ChannelsFirst = AxisOrder.Of([2, 3, 0, 1]);

    public static void Full(NodeContext node)
    {
        ConstantValue filter = Filter(node);
        TensorValue image = node.Tensor(0);
        (long filtered, long results) = (filter.Shape[2], filter.Shape[3]);
        if (filtered == 0 || image.Shape[^1] % filtered != 0)
            throw node.Refuse($"filters {filtered} channels, but its input has {image.Shape[^1]}");
        string weights = node.Graph.Constant(
            filter.Name,
            OutputsFirst.Arrange(filter.Numbers!, filter.Shape),
            OutputsFirst.Arrange(filter.Shape));
        Convolve(node, image, filter, weights, results, groups: image.Shape[^1] / filtered);
    }

    public static void Depthwise(NodeContext node)
    {
        ConstantValue filter = Filter(node);
        TensorValue image = node.Tensor(0);
        (long height, long width, long channels, long multiplier) = (filter.Shape[0], filter.Shape[1], filter.Shape[2], filter.Shape[3]);
        if (image.Shape[^1] != channels)
            throw node.Refuse($"filters {channels} channels, but its input has {image.Shape[^1]}");
        string weights = node.Graph.Constant(
            filter.Name,
            ChannelsFirst.Arrange(filter.Numbers!, filter.Shape),
            channels * multiplier, 1, height, width);
        Convolve(node, image, filter, weights, channels * multiplier, groups: channels);
    }

    private static ConstantValue Filter(NodeContext node) => node.NumbersAt(1) is { Rank: FilterRank } filter
        ? filter
        : throw node.Refuse("has a filter without four axes");

    private static void Convolve(NodeContext node, TensorValue image, ConstantValue filter, string weights, long results, long groups)
    {
        SlidingWindow window = SlidingWindow.Read(node, image, filter.Shape[0], filter.Shape[1]);
        ImmutableArray<string> fused = node.Attributes.Texts("fused_ops");
        List<string> inputs = [node.ChannelsFirst(image), weights];
        int extra = FirstExtraInput;
        foreach (string step in fused.Where(step => step == Bias))
        {
            ConstantValue bias = node.NumbersAt(extra++);
            if (bias.Count != results)
                throw node.Refuse($"has {bias.Count} biases for {results} channels");
            inputs.Add(node.Graph.Constant(bias.Name, bias.Numbers!, results));
        }

        string convolved = node.Graph.Node(
            "Conv", node.Name, inputs, [.. window.Attributes(), OnnxAttribute.Of("dilations", window.Dilations), OnnxAttribute.Of("group", groups)]);
        var result = new TensorValue { Name = convolved, Shape = [image.Shape[0], .. window.Size, results], Order = AxisOrder.ChannelsFirst };
        foreach (string step in fused.Where(step => step != Bias))
            result = Activation.Apply(node, step, result, slopeInput: extra);
        node.Produce(result);
    }
}
