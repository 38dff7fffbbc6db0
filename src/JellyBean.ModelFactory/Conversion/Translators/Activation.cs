namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Functions of one element; the memory order does not matter to them and is kept.</summary>
internal static class Activation
{
    /// <summary>TensorFlow's slope for negative numbers where the node gives none.</summary>
    private const float DefaultLeak = 0.2f;

    private const float Relu6Ceiling = 6;

    public static void Translate(NodeContext node) => node.Produce(Apply(node, node.Node.Operator, node.Tensor(0), slopeInput: 1));

    public static void Softmax(NodeContext node)
    {
        TensorValue input = node.Tensor(0);
        int place = input.Order.PlaceOf(input.Rank - 1);
        node.Produce(node.Graph.Node("Softmax", node.Name, [input.Name], OnnxAttribute.Of("axis", place)), input.Shape, input.Order);
    }

    /// <param name="node">The node it belongs to, alone or fused.</param>
    /// <param name="function">The function's name in the source graph.</param>
    /// <param name="input">What it is applied to.</param>
    /// <param name="slopeInput">Which of the node's inputs holds the slopes, for Prelu.</param>
    public static TensorValue Apply(NodeContext node, string function, TensorValue input, int slopeInput)
    {
        OnnxGraphBuilder graph = node.Graph;
        string name = node.Node.Operator == function ? node.Name : $"{node.Name}/{function}";
        string result = function switch
        {
            "Relu" or "Sigmoid" or "Tanh" or "Elu" => graph.Node(function, name, [input.Name]),
            "Relu6" => graph.Node("Clip", name, [input.Name, graph.Constant("zero", [0f], []), graph.Constant("six", [Relu6Ceiling], [])]),
            "LeakyRelu" => graph.Node("LeakyRelu", name, [input.Name], OnnxAttribute.Of("alpha", Leak(node))),
            "Prelu" => graph.Node("PRelu", name, [input.Name, Slopes(node, input, slopeInput)]),
            _ => throw node.Refuse($"is fused with '{function}', which is not supported"),
        };
        return input with { Name = result };
    }

    private static float Leak(NodeContext node) => node.Attributes.Number("alpha") ?? node.Attributes.Number("leakyrelu_alpha") ?? DefaultLeak;

    private static string Slopes(NodeContext node, TensorValue input, int index)
    {
        ConstantValue slopes = node.NumbersAt(index);
        if (slopes.Rank > input.Rank)
            throw node.Refuse($"has slopes of shape {Shapes.Text(slopes.Shape)} for an input of shape {Shapes.Text(input.Shape)}");
        var full = Shapes.WithRank(slopes.Shape, input.Rank);
        return node.Graph.Constant(slopes.Name, input.Order.Arrange(slopes.Numbers!, full), input.Order.Arrange(full));
    }
}
