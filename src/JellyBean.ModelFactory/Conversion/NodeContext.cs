using System.Collections.Immutable;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>One node on its way into the ONNX graph: what it reads, and where its results go.</summary>
internal sealed class NodeContext
{
    private readonly Action<NodeOutput, Value> _produce;

    public NodeContext(GraphNode node, ImmutableArray<Value> inputs, OnnxGraphBuilder graph, ConversionPass pass, Action<NodeOutput, Value> produce)
    {
        Node = node;
        Inputs = inputs;
        Graph = graph;
        Pass = pass;
        _produce = produce;
    }

    public GraphNode Node { get; }

    public ImmutableArray<Value> Inputs { get; }

    public OnnxGraphBuilder Graph { get; }

    public ConversionPass Pass { get; }

    public string Name => Node.Name;

    public NodeAttributes Attributes => Node.Attributes;

    public Value Input(int index) => index < Inputs.Length
        ? Inputs[index]
        : throw Refuse($"has {Inputs.Length} inputs, but at least {index + 1} were expected");

    /// <summary>An input as a tensor; constants are written to the file.</summary>
    public TensorValue Tensor(int index) => Input(index) switch
    {
        TensorValue tensor => tensor,
        ConstantValue constant => Stored(constant),
        _ => throw new InvalidOperationException("A value is a tensor or a constant."),
    };

    /// <summary>An image batch in the order ONNX wants.</summary>
    public string ChannelsFirst(TensorValue image) => image.Rank == AxisOrder.ChannelsFirst.Rank
        ? Graph.InOrder(image, AxisOrder.ChannelsFirst)
        : throw Refuse($"reads the shape {Shapes.Text(image.Shape)}, but [batch, height, width, channels] was expected");

    public ConstantValue NumbersAt(int index) => Input(index) is ConstantValue { Numbers: not null } constant
        ? constant
        : throw Refuse($"reads '{Node.Inputs[index]}', which must be constant numbers to be converted");

    public long[] IntegersAt(int index) => Input(index) is ConstantValue { Integers: { } integers }
        ? integers
        : throw Refuse($"reads '{Node.Inputs[index]}', which must be constant integers to be converted");

    public int AxisAt(int index, int rank) => Axis(IntegersAt(index) is [long single] ? single : throw Refuse("needs exactly one axis"), rank);

    public ImmutableArray<int> AxesAt(int index, int rank) => [.. IntegersAt(index).Select(axis => Axis(axis, rank))];

    /// <summary>Axes may be counted from the end.</summary>
    public int Axis(long axis, int rank)
    {
        long counted = axis < 0 ? axis + rank : axis;
        return counted >= 0 && counted < rank ? (int)counted : throw Refuse($"names axis {axis}, but its input has {rank} axes");
    }

    public void Produce(Value value, int port = 0) => _produce(new NodeOutput(Name, port), value);

    /// <summary>Adds an ONNX node that gives this node's only result.</summary>
    public void Produce(string tensor, IEnumerable<long> shape, AxisOrder order, int port = 0) =>
        Produce(new TensorValue { Name = tensor, Shape = [.. shape], Order = order }, port);

    public ModelFormatException Refuse(string finding) =>
        new($"Node '{Name}' ({Node.Operator}) {finding}. The model cannot be converted as it is; choose outputs before this node or another export.");

    private TensorValue Stored(ConstantValue constant) => new()
    {
        Name = constant.Numbers is { } numbers
            ? Graph.Constant(constant.Name, numbers, constant.Shape)
            : Graph.Constant(constant.Name, constant.Integers!, constant.Shape),
        Shape = constant.Shape,
        Order = AxisOrder.Natural(constant.Rank),
    };
}
