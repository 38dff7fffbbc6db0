using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>The same elements under other axes.</summary>
internal static class Reshaping
{
    private const long Remainder = -1;

    /// <summary>ONNX: a zero in a Reshape's target keeps the size of that axis, here the open batch.</summary>
    private const long KeepSize = 0;

    /// <summary>Moves nothing: only the order in which the memory is understood changes.</summary>
    public static void Transpose(NodeContext node)
    {
        Value input = node.Input(0);
        int[] permutation = [.. node.AxesAt(1, input.Rank)];
        if (permutation.Length != input.Rank || permutation.Distinct().Count() != input.Rank)
            throw node.Refuse($"permutes {input.Rank} axes by [{string.Join(", ", permutation)}]");
        AxisOrder order = AxisOrder.Of(permutation);
        ImmutableArray<long> shape = order.Arrange(input.Shape);
        node.Produce(input switch
        {
            ConstantValue constant => constant with
            {
                Name = node.Name,
                Shape = shape,
                Numbers = constant.Numbers is { } numbers ? order.Arrange(numbers, constant.Shape) : null,
                Integers = constant.Integers is { } integers ? order.Arrange(integers, constant.Shape) : null,
            },
            TensorValue tensor => tensor with { Shape = shape, Order = tensor.Order.AfterTranspose(permutation) },
            _ => throw new InvalidOperationException("A value is a tensor or a constant."),
        });
    }

    public static void Reshape(NodeContext node)
    {
        Value input = node.Input(0);
        long[] target = [.. node.IntegersAt(1)];
        if (target.Count(size => size == Remainder) > 1 || target.Any(size => size < Remainder))
            throw node.Refuse($"has the target {Shapes.Text(target)}");
        if (input is ConstantValue constant)
        {
            node.Produce(constant with { Shape = Resolve(node, constant.Count, target) });
            return;
        }

        TensorValue tensor = node.Tensor(0);
        if (tensor.Shape is not [Shapes.Batch, ..] || target is not [1 or Remainder, ..])
            throw node.Refuse($"turns {Shapes.Text(tensor.Shape)} into {Shapes.Text(target)}, which does not keep the batch in front");
        ImmutableArray<long> rest = Resolve(node, Shapes.Count(tensor.Shape.Skip(1)), target[1..]);
        string source = node.Graph.InOrder(tensor, AxisOrder.Natural(tensor.Rank));
        string wanted = node.Graph.Integers(node.Name + "/shape", [KeepSize, .. rest]);
        node.Produce(node.Graph.Node("Reshape", node.Name, [source, wanted]), [Shapes.Batch, .. rest], AxisOrder.Natural(target.Length));
    }

    public static void Squeeze(NodeContext node)
    {
        TensorValue input = node.Tensor(0);
        ImmutableArray<long> named = node.Attributes.Integers("squeeze_dims") is { Length: > 0 } dimensions ? dimensions : node.Attributes.Integers("axis");
        ImmutableArray<int> axes = named.IsEmpty
            ? [.. Enumerable.Range(1, input.Rank - 1).Where(axis => input.Shape[axis] == 1)]
            : [.. named.Select(axis => node.Axis(axis, input.Rank))];
        if (axes.Any(axis => input.Shape[axis] != 1))
            throw node.Refuse($"removes axes [{string.Join(", ", axes)}] of {Shapes.Text(input.Shape)}, which are not all 1");
        string places = node.Graph.Integers(node.Name + "/axes", axes.Select(axis => (long)input.Order.PlaceOf(axis)).Order());
        string squeezed = node.Graph.Node("Squeeze", node.Name, [input.Name, places]);
        node.Produce(squeezed, input.Shape.Where((_, axis) => !axes.Contains(axis)), input.Order.Without(axes));
    }

    public static void ExpandDims(NodeContext node)
    {
        TensorValue input = node.Tensor(0);
        int axis = node.AxisAt(1, input.Rank + 1);
        if (axis == 0)
            throw node.Refuse("adds an axis before the batch");
        string source = node.Graph.InOrder(input, AxisOrder.Natural(input.Rank));
        string expanded = node.Graph.Node("Unsqueeze", node.Name, [source, node.Graph.Integers(node.Name + "/axis", [axis])]);
        node.Produce(expanded, input.Shape.Insert(axis, 1), AxisOrder.Natural(input.Rank + 1));
    }

    /// <summary>Puts the number of left elements in the place of the one open size.</summary>
    private static ImmutableArray<long> Resolve(NodeContext node, long count, IReadOnlyList<long> target)
    {
        long known = Shapes.Count(target.Where(size => size != Remainder));
        bool open = target.Contains(Remainder);
        if (open ? known == 0 || count % known != 0 : known != count)
            throw node.Refuse($"spreads {count} elements over {Shapes.Text(target)}; the size is fixed in the graph, convert at the model's own size");
        return [.. target.Select(size => size == Remainder ? count / known : size)];
    }
}
