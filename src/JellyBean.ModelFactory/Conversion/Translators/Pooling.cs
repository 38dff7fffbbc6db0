using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Largest or mean value of a window; the mean leaves padding out, as both formats do by default.</summary>
internal static class Pooling
{
    public static void Translate(NodeContext node, string operation)
    {
        TensorValue image = node.Tensor(0);
        ImmutableArray<long> kernel = node.Attributes.Integers("ksize");
        if (kernel is not [1, > 0, > 0, 1])
            throw node.Refuse($"has the window {Shapes.Text(kernel)}, but [1, height, width, 1] was expected");
        SlidingWindow window = SlidingWindow.Read(node, image, kernel[1], kernel[2]);
        string pooled = node.Graph.Node(operation, node.Name, [node.ChannelsFirst(image)], window.Attributes());
        node.Produce(pooled, [image.Shape[0], .. window.Size, image.Shape[3]], AxisOrder.ChannelsFirst);
    }
}
