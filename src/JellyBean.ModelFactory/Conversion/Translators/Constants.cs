using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion.Translators;

/// <summary>What is known without the input.</summary>
internal static class Constants
{
    public static void Translate(NodeContext node)
    {
        if (!node.Pass.Model.Weights.TryGetValue(node.Name, out Weight? weight))
            throw new ModelFormatException($"Constant '{node.Name}' has no weights in the manifest of '{node.Pass.Model.Origin}'. The model.json is damaged; get it again.");
        node.Produce(new ConstantValue { Name = node.Name, Shape = weight.Shape, Numbers = weight.Numbers, Integers = weight.Integers });
    }

    public static void PassOn(NodeContext node) => node.Produce(node.Input(0));

    /// <summary>Inputs: places, dense shape, values, default; exporters write small shapes in this way.</summary>
    public static void SparseToDense(NodeContext node)
    {
        long[] places = node.IntegersAt(0), shape = node.IntegersAt(1), values = node.IntegersAt(2), filler = node.IntegersAt(3);
        var dense = new long[Shapes.Count(shape)];
        Array.Fill(dense, filler is [long only] ? only : throw node.Refuse("needs one default value"));
        var strides = Shapes.Strides(shape);
        for (int entry = 0; entry * shape.Length < places.Length; entry++)
        {
            long index = strides.Select((stride, axis) => stride * places[(entry * shape.Length) + axis]).Sum();
            if (index < 0 || index >= dense.Length)
                throw node.Refuse($"names a place outside its shape {Shapes.Text(shape)}");
            dense[index] = values[values.Length == 1 ? 0 : entry];
        }

        node.Produce(new ConstantValue { Name = node.Name, Shape = [.. shape], Integers = dense });
    }
}
