using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Tensors put together and taken apart along one axis.</summary>
internal static class Joining
{
    public static void Concatenate(NodeContext node)
    {
        int parts = node.Inputs.Length - 1;
        if (parts < 1)
            throw node.Refuse("has nothing to join");
        int rank = node.Input(0).Rank;
        int axis = node.AxisAt(parts, rank);
        ImmutableArray<Value> joined = node.Inputs[..parts];
        foreach (Value part in joined)
        {
            if (part.Rank != rank || part.Shape.Where((size, other) => other != axis && size != joined[0].Shape[other]).Any())
                throw node.Refuse($"joins {string.Join(" and ", joined.Select(value => Shapes.Text(value.Shape)))} along axis {axis}; some size in the graph is fixed");
        }

        if (joined.Any(part => part.Shape[axis] == Shapes.Batch))
            throw node.Refuse("joins along the batch");
        ImmutableArray<long> shape = joined[0].Shape.SetItem(axis, joined.Sum(part => part.Shape[axis]));
        if (rank == 1 && joined.All(part => part is ConstantValue { Integers: not null }))
        {
            node.Produce(new ConstantValue { Name = node.Name, Shape = shape, Integers = [.. joined.Cast<ConstantValue>().SelectMany(part => part.Integers!)] });
            return;
        }

        AxisOrder order = joined.OfType<TensorValue>().FirstOrDefault()?.Order ?? AxisOrder.Natural(rank);
        string[] names = [.. Enumerable.Range(0, parts).Select(part => node.Graph.InOrder(node.Tensor(part), order))];
        node.Produce(node.Graph.Node("Concat", node.Name, names, OnnxAttribute.Of("axis", order.PlaceOf(axis))), shape, order);
    }

    public static void SplitEvenly(NodeContext node)
    {
        TensorValue whole = node.Tensor(1);
        int axis = node.AxisAt(0, whole.Rank);
        long parts = node.Attributes.Integer("num_split") ?? 0;
        if (parts < 1 || whole.Shape[axis] % parts != 0)
            throw node.Refuse($"splits {whole.Shape[axis]} elements into {parts} equal parts");
        Split(node, whole, axis, [.. Enumerable.Repeat(whole.Shape[axis] / parts, (int)parts)]);
    }

    public static void SplitBySizes(NodeContext node)
    {
        TensorValue whole = node.Tensor(0);
        int axis = node.AxisAt(2, whole.Rank);
        long[] sizes = [.. node.IntegersAt(1)];
        if (sizes.IndexOf(-1) is >= 0 and int open)
            sizes[open] = whole.Shape[axis] - (sizes.Sum() + 1);
        if (sizes.Any(size => size < 0) || sizes.Sum() != whole.Shape[axis])
            throw node.Refuse($"splits {whole.Shape[axis]} elements into {Shapes.Text(sizes)}; some size in the graph is fixed");
        Split(node, whole, axis, [.. sizes]);
    }

    private static void Split(NodeContext node, TensorValue whole, int axis, ImmutableArray<long> sizes)
    {
        if (whole.Shape[axis] == Shapes.Batch)
            throw node.Refuse("splits the batch");
        ImmutableArray<string> parts = node.Graph.Node(
            "Split",
            node.Name,
            [whole.Name, node.Graph.Integers(node.Name + "/sizes", sizes)],
            sizes.Length,
            OnnxAttribute.Of("axis", whole.Order.PlaceOf(axis)));
        for (int part = 0; part < parts.Length; part++)
            node.Produce(parts[part], whole.Shape.SetItem(axis, sizes[part]), whole.Order, part);
    }
}
