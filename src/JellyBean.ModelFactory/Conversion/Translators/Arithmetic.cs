using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Element by element on two operands, which are broadcast; computed at once where both are constant integers.</summary>
internal static class Arithmetic
{
    public static void Add(NodeContext node) => Translate(node, "Add", (left, right) => left + right);

    public static void Subtract(NodeContext node) => Translate(node, "Sub", (left, right) => left - right);

    public static void Multiply(NodeContext node) => Translate(node, "Mul", (left, right) => left * right);

    public static void Divide(NodeContext node) => Translate(node, "Div", (left, right) => right == 0 ? throw node.Refuse("divides by zero") : left / right);

    public static void Maximum(NodeContext node) => Translate(node, "Max", Math.Max);

    public static void Minimum(NodeContext node) => Translate(node, "Min", Math.Min);

    private static void Translate(NodeContext node, string operation, Func<long, long, long> fold)
    {
        Value left = node.Input(0), right = node.Input(1);
        ImmutableArray<long> shape = Shapes.Broadcast(left.Shape, right.Shape)
            ?? throw node.Refuse($"reads {Shapes.Text(left.Shape)} and {Shapes.Text(right.Shape)}, which do not fit together; some size in the graph is fixed");
        if (left is ConstantValue { Integers: { } first } && right is ConstantValue { Integers: { } second })
        {
            node.Produce(new ConstantValue { Name = node.Name, Shape = shape, Integers = Fold(first, left.Shape, second, right.Shape, shape, fold) });
            return;
        }

        AxisOrder order = OrderFor(shape.Length, left, right);
        node.Produce(node.Graph.Node(operation, node.Name, [Operand(node, 0, order), Operand(node, 1, order)]), shape, order);
    }

    /// <summary>Stay in the order of an operand that has all axes, the first one preferred: then at most one operand moves.</summary>
    private static AxisOrder OrderFor(int rank, Value left, Value right)
    {
        bool aligned = new[] { left, right }.All(operand => operand is ConstantValue || operand.Rank == rank);
        TensorValue? leader = left as TensorValue ?? right as TensorValue;
        return aligned && leader is not null ? leader.Order : AxisOrder.Natural(rank);
    }

    private static string Operand(NodeContext node, int index, AxisOrder order)
    {
        switch (node.Input(index))
        {
            case TensorValue tensor when tensor.Rank == order.Rank:
                return node.Graph.InOrder(tensor, order);
            case ConstantValue { Numbers: [float single] } scalar:
                return node.Graph.Constant(scalar.Name, [single], []);
            case ConstantValue { Numbers: { } numbers } constant:
                ImmutableArray<long> full = Shapes.WithRank(constant.Shape, order.Rank);
                return node.Graph.Constant(constant.Name, order.Arrange(numbers, full), order.Arrange(full));
            case TensorValue lower:
                return node.Graph.InOrder(lower, AxisOrder.Natural(lower.Rank));
            default:
                throw node.Refuse("mixes integers with a tensor; only numbers are supported there");
        }
    }

    private static long[] Fold(
        long[] left, ImmutableArray<long> leftShape, long[] right, ImmutableArray<long> rightShape, ImmutableArray<long> shape, Func<long, long, long> fold)
    {
        var folded = new long[Shapes.Count(shape)];
        for (long index = 0; index < folded.Length; index++)
            folded[index] = fold(left[IndexIn(leftShape, shape, index)], right[IndexIn(rightShape, shape, index)]);
        return folded;
    }

    /// <summary>Where an operand keeps the element that is broadcast to <paramref name="index"/> of the result.</summary>
    private static long IndexIn(ImmutableArray<long> operand, ImmutableArray<long> result, long index)
    {
        long found = 0, stride = 1;
        for (int axis = 1; axis <= operand.Length; axis++)
        {
            long place = index % result[^axis];
            index /= result[^axis];
            found += operand[^axis] == 1 ? 0 : place * stride;
            stride *= operand[^axis];
        }

        return found;
    }
}
