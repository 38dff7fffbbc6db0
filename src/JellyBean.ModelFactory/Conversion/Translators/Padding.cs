namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>Adds elements around a tensor: zeros, a given number, or the mirrored inside.</summary>
internal static class Padding
{
    private const int PaddingsInput = 1;
    private const int FillerInput = 2;

    public static void Translate(NodeContext node)
    {
        TensorValue input = node.Tensor(0);
        long[] paddings = node.IntegersAt(PaddingsInput);
        if (paddings.Length != 2 * input.Rank || paddings.Any(padding => padding < 0))
            throw node.Refuse($"has the paddings {Shapes.Text(paddings)} for {input.Rank} axes, but a pair of numbers per axis was expected");
        long[] before = [.. Enumerable.Range(0, input.Rank).Select(axis => paddings[2 * axis])];
        long[] after = [.. Enumerable.Range(0, input.Rank).Select(axis => paddings[(2 * axis) + 1])];
        if (before[0] + after[0] != 0)
            throw node.Refuse("pads the batch");
        if (paddings.All(padding => padding == 0))
        {
            node.Produce(input);
            return;
        }

        List<string> inputs =
        [
            input.Name,
            node.Graph.Integers(node.Name + "/paddings", [.. input.Order.Arrange(before), .. input.Order.Arrange(after)]),
        ];
        if (node.Inputs.Length > FillerInput)
        {
            ConstantValue filler = node.NumbersAt(FillerInput);
            inputs.Add(node.Graph.Constant(filler.Name, filler.Numbers!, []));
        }

        string padded = node.Graph.Node("Pad", node.Name, inputs, OnnxAttribute.Of("mode", Mode(node)));
        node.Produce(padded, input.Shape.Select((size, axis) => size == Shapes.Batch ? size : size + before[axis] + after[axis]), input.Order);
    }

    private static string Mode(NodeContext node) => node.Attributes.Text("mode") switch
    {
        _ when node.Node.Operator != "MirrorPad" => "constant",
        "REFLECT" => "reflect",
        var other => throw node.Refuse($"has the mode '{other}', but only REFLECT is supported"),
    };
}
