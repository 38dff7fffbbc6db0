using JellyBean.ModelFactory.Schema;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Images made larger or smaller. Targets are constants of the model's own input size and grow with it.</summary>
internal static class Resizing
{
    private const int HeightAxis = 1;
    private const int WidthAxis = 2;

    public static void Translate(NodeContext node, bool nearest)
    {
        TensorValue image = node.Tensor(0);
        long[] target = node.IntegersAt(1);
        if (target.Length != 2 || image.Rank != AxisOrder.ChannelsFirst.Rank)
            throw node.Refuse($"resizes {Shapes.Text(image.Shape)} to {Shapes.Text(target)}, but an image batch and [height, width] were expected");
        long height = Scaled(node, image, HeightAxis, target[0]);
        long width = Scaled(node, image, WidthAxis, target[1]);

        string source = node.ChannelsFirst(image);
        // Factors, for sizes would have to name the open batch. Sizes of height and width alone, by the attribute
        // 'axes', are permuted wrongly by ONNX Runtime 1.31 when it moves a Transpose across the Resize.
        string factors = node.Graph.Constant(
            node.Name + "/factors", [1, 1, Factor(image.Shape[HeightAxis], height), Factor(image.Shape[WidthAxis], width)], AxisOrder.ChannelsFirst.Rank);
        string resized = node.Graph.Node("Resize", node.Name, [source, "", factors], Settings(node, nearest));
        node.Produce(resized, [image.Shape[0], height, width, image.Shape[3]], AxisOrder.ChannelsFirst);
    }

    private static long Scaled(NodeContext node, TensorValue image, int axis, long target)
    {
        if (node.Pass.NativeShapes is not { } native)
            return target;
        long here = image.Shape[axis], original = native[node.Node.Inputs[0]][axis];
        return here * target % original == 0
            ? here * target / original
            : throw node.Refuse($"resizes {original} to {target} at the model's own size, which has no whole counterpart for {here}; choose another input size");
    }

    /// <summary>The least factor that gives the size: the runtime multiplies in single precision and rounds down.</summary>
    private static float Factor(long from, long to)
    {
        float factor = to / (float)from;
        while ((long)(factor * from) < to)
            factor = MathF.BitIncrement(factor);
        return factor;
    }

    /// <summary>TensorFlow's three ways of placing pixels, in ONNX's words. Nearest rounds down except between pixel centres.</summary>
    private static AttributeProto[] Settings(NodeContext node, bool nearest)
    {
        (string transformation, string rounding) = (node.Attributes.Flag("align_corners"), node.Attributes.Flag("half_pixel_centers")) switch
        {
            (true, _) => ("align_corners", "round_prefer_ceil"),
            (_, true) => ("half_pixel", "round_prefer_ceil"),
            _ => ("asymmetric", "floor"),
        };
        List<AttributeProto> settings =
        [
            OnnxAttribute.Of("mode", nearest ? "nearest" : "linear"),
            OnnxAttribute.Of("coordinate_transformation_mode", transformation),
        ];
        if (nearest)
            settings.Add(OnnxAttribute.Of("nearest_mode", rounding));
        return [.. settings];
    }
}
