using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using JellyBean.ModelFactory.Schema;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>
/// Collects the nodes and constants of an ONNX graph under unique names. Equal calls in equal order give equal bytes:
/// names come from the source graph and counters, never from hashes.
/// </summary>
internal sealed class OnnxGraphBuilder
{
    private readonly GraphProto _graph = new();
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, AxisOrder Order), string> _reordered = [];
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);

    public GraphProto Finish(string name)
    {
        _graph.Name = name;
        return _graph;
    }

    public string Input(string name, TensorProto.Types.DataType type, IEnumerable<long> shape)
    {
        _graph.Input.Add(Describe(Claim(name), type, shape));
        return name;
    }

    public void Output(string name, string source, IEnumerable<long> shape)
    {
        Add("Identity", name, [source]);
        _graph.Output.Add(Describe(name, TensorProto.Types.DataType.Float, shape));
    }

    /// <summary>Keeps a name from being given to anything else.</summary>
    public void Reserve(string name) => _uses.Add(name, 1);

    /// <summary>Adds a node with one result.</summary>
    /// <returns>The name of the result.</returns>
    public string Node(string operation, string name, IReadOnlyList<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Add(operation, Claim(name), inputs, attributes);

    /// <summary>Adds a node with several results.</summary>
    public ImmutableArray<string> Node(string operation, string name, IReadOnlyList<string> inputs, int results, params ReadOnlySpan<AttributeProto> attributes)
    {
        ImmutableArray<string> outputs = [.. Enumerable.Range(0, results).Select(result => Claim($"{name}/{result.ToString(CultureInfo.InvariantCulture)}"))];
        NodeProto node = Create(operation, outputs[0], inputs, attributes);
        node.Output.AddRange(outputs);
        return outputs;
    }

    /// <summary>The tensor in another memory order; transposed at most once per order however many nodes ask.</summary>
    public string InOrder(TensorValue tensor, AxisOrder order)
    {
        if (tensor.Order.Equals(order))
            return tensor.Name;
        if (_reordered.TryGetValue((tensor.Name, Key(tensor, order)), out string? known))
            return known;
        string moved = Node("Transpose", tensor.Name + "/transposed", [tensor.Name], OnnxAttribute.Of("perm", tensor.Order.PermutationTo(order)));
        return _reordered[(tensor.Name, Key(tensor, order))] = moved;
    }

    public string Constant(string name, float[] numbers, params IReadOnlyList<long> shape)
    {
        var raw = new byte[numbers.Length * sizeof(float)];
        for (int index = 0; index < numbers.Length; index++)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(index * sizeof(float)), numbers[index]);
        return Constant(name, TensorProto.Types.DataType.Float, raw, shape);
    }

    public string Constant(string name, long[] integers, params IReadOnlyList<long> shape)
    {
        var raw = new byte[integers.Length * sizeof(long)];
        for (int index = 0; index < integers.Length; index++)
            BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(index * sizeof(long)), integers[index]);
        return Constant(name, TensorProto.Types.DataType.Int64, raw, shape);
    }

    /// <summary>A list of integers, as axes and sizes are given.</summary>
    public string Integers(string name, IEnumerable<long> integers)
    {
        long[] list = [.. integers];
        return Constant(name, list, list.Length);
    }

    /// <summary>What the memory of <paramref name="order"/> means does not matter to a transposition, only where places go.</summary>
    private static AxisOrder Key(TensorValue tensor, AxisOrder order) => AxisOrder.Of(tensor.Order.PermutationTo(order).Select(place => (int)place));

    private string Constant(string name, TensorProto.Types.DataType type, byte[] raw, IReadOnlyList<long> shape)
    {
        // Equal constants are stored once. The hash is of the content: the same on every machine.
        string content = $"{type} {string.Join(',', shape)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(raw))}";
        if (_constants.TryGetValue(content, out string? known))
            return known;
        var tensor = new TensorProto { Name = Claim(name), DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(raw) };
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return _constants[content] = tensor.Name;
    }

    private string Add(string operation, string name, IReadOnlyList<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        Create(operation, name, inputs, attributes).Output.Add(name);
        return name;
    }

    private NodeProto Create(string operation, string name, IReadOnlyList<string> inputs, ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = name };
        node.Input.AddRange(inputs);
        foreach (AttributeProto attribute in attributes)
            node.Attribute.Add(attribute);
        _graph.Node.Add(node);
        return node;
    }

    private string Claim(string name)
    {
        while (!_uses.TryAdd(name, 1))
            name = $"{name}_{_uses[name]++.ToString(CultureInfo.InvariantCulture)}";
        return name;
    }

    private static ValueInfoProto Describe(string name, TensorProto.Types.DataType type, IEnumerable<long> shape)
    {
        var described = new TensorShapeProto();
        foreach (long dimension in shape)
            described.Dim.Add(dimension == Shapes.Batch
                ? new TensorShapeProto.Types.Dimension { DimParam = OnnxFormat.BatchDimension }
                : new TensorShapeProto.Types.Dimension { DimValue = dimension });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = described } } };
    }
}
