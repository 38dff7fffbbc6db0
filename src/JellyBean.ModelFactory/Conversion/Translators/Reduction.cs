using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Mean, sum or largest value over some axes.</summary>
internal static class Reduction
{
    public static void Translate(NodeContext node, string operation)
    {
        TensorValue input = node.Tensor(0);
        ImmutableArray<int> axes = node.AxesAt(1, input.Rank);
        if (axes.Contains(0))
            throw node.Refuse("reduces over the batch");
        bool keep = node.Attributes.Flag("keep_dims");
        string places = node.Graph.Integers(node.Name + "/axes", axes.Select(axis => (long)input.Order.PlaceOf(axis)).Order());
        string reduced = node.Graph.Node(operation, node.Name, [input.Name, places], OnnxAttribute.Of("keepdims", keep ? 1L : 0L));
        if (keep)
            node.Produce(reduced, input.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size), input.Order);
        else
            node.Produce(reduced, input.Shape.Where((_, axis) => !axes.Contains(axis)), input.Order.Without(axes));
    }
}
