using System.Collections.Immutable;
using JellyBean.ModelFactory.Schema;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>How the window of a convolution or a pooling moves over height and width.</summary>
internal sealed record SlidingWindow
{
    private const int ImageRank = 4;
    private const int HeightAxis = 1;
    private const int WidthAxis = 2;

    public required ImmutableArray<long> Kernel { get; init; }

    public required ImmutableArray<long> Strides { get; init; }

    public required ImmutableArray<long> Dilations { get; init; }

    /// <summary>[top, left, bottom, right], as ONNX wants it.</summary>
    public required ImmutableArray<long> Pads { get; init; }

    /// <summary>Height and width of the result.</summary>
    public required ImmutableArray<long> Size { get; init; }

    public static SlidingWindow Read(NodeContext node, TensorValue image, long kernelHeight, long kernelWidth)
    {
        NodeAttributes attributes = node.Attributes;
        if (attributes.Text("data_format") is { } format && format != "NHWC")
            throw node.Refuse($"has the data format {format}, but only NHWC is supported");
        if (image.Rank != ImageRank)
            throw node.Refuse($"reads the shape {Shapes.Text(image.Shape)}, but [batch, height, width, channels] was expected");

        (long height, long width) = Spatial(node, "strides");
        (long downwards, long sideways) = Spatial(node, "dilations");
        string padding = attributes.Text("padding") ?? "VALID";
        bool same = padding == "SAME";
        (long Before, long After) rows = (0, 0), columns = (0, 0);
        switch (padding)
        {
            case "VALID":
                break;
            case "SAME":
                rows = Shapes.SamePadding(image.Shape[HeightAxis], kernelHeight, height, downwards);
                columns = Shapes.SamePadding(image.Shape[WidthAxis], kernelWidth, width, sideways);
                break;
            case "EXPLICIT" when attributes.Integers("explicit_paddings") is { Length: 2 * ImageRank } explicitly:
                rows = (explicitly[2 * HeightAxis], explicitly[(2 * HeightAxis) + 1]);
                columns = (explicitly[2 * WidthAxis], explicitly[(2 * WidthAxis) + 1]);
                break;
            default:
                throw node.Refuse($"has the padding '{padding}', but SAME, VALID or EXPLICIT with 8 numbers was expected");
        }

        long paddedHeight = image.Shape[HeightAxis] + (same ? 0 : rows.Before + rows.After);
        long paddedWidth = image.Shape[WidthAxis] + (same ? 0 : columns.Before + columns.After);
        return new SlidingWindow
        {
            Kernel = [kernelHeight, kernelWidth],
            Strides = [height, width],
            Dilations = [downwards, sideways],
            Pads = [rows.Before, columns.Before, rows.After, columns.After],
            Size =
            [
                Positive(node, Shapes.Window(paddedHeight, kernelHeight, height, downwards, same)),
                Positive(node, Shapes.Window(paddedWidth, kernelWidth, width, sideways, same)),
            ],
        };
    }

    public AttributeProto[] Attributes() =>
    [
        OnnxAttribute.Of("kernel_shape", Kernel),
        OnnxAttribute.Of("strides", Strides),
        OnnxAttribute.Of("pads", Pads),
    ];

    private static long Positive(NodeContext node, long size) =>
        size > 0 ? size : throw node.Refuse("has a window larger than its input; choose a larger input size");

    private static (long Height, long Width) Spatial(NodeContext node, string attribute) => node.Attributes.Integers(attribute) switch
    {
        { Length: 0 } => (1, 1),
        [1, long height and > 0, long width and > 0, 1] => (height, width),
        var other => throw node.Refuse($"has the {attribute} {Shapes.Text(other)}, but [1, height, width, 1] was expected"),
    };
}
