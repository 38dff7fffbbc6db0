using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Schema;
using DataType = JellyBean.ModelFactory.Schema.TensorProto.Types.DataType;

namespace JellyBean.ModelFactory.Quantisation;

/// <summary>Static 8-bit quantisation of convolutions in ONNX's QuantizeLinear/DequantizeLinear form; everything else stays float.</summary>
/// <remarks>
/// Activations are uint8 with one scale and zero point per tensor, weights int8 with one scale per output channel and zero in the middle,
/// biases int32 at the product of both scales (Jacob et al., Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference, 2018, sections 2.1 and 2.4; per channel as Krishnamoorthi, 2018, section 3.1).
/// ONNX Runtime fuses each such group into one integer convolution. The same model and ranges give the same bytes.
/// </remarks>
internal sealed class Int8Quantiser
{
    /// <summary>Raise it whenever the same model and ranges would give other bytes.</summary>
    public const string Version = "1";

    private const int MostWeight = sbyte.MaxValue;

    private readonly FloatModel _source;
    private readonly ImmutableDictionary<string, TensorRange> _ranges;
    private readonly GraphProto _graph;

    private Int8Quantiser(FloatModel source, ImmutableDictionary<string, TensorRange> ranges, GraphProto graph)
    {
        _source = source;
        _ranges = ranges;
        _graph = graph;
    }

    /// <param name="model">The float model.</param>
    /// <param name="ranges">Of its activations.</param>
    /// <returns>The bytes of an ONNX file with the same inputs and outputs.</returns>
    /// <exception cref="ModelFormatException">Ranges are missing.</exception>
    public static byte[] Quantise(FloatModel model, ImmutableDictionary<string, TensorRange> ranges)
    {
        string[] missing = [.. model.Activations.Where(name => !ranges.ContainsKey(name)).Select(name => $"'{name}'")];
        if (missing.Length > 0)
            throw new ModelFormatException($"The calibration knows nothing of {string.Join(", ", missing)}. Calibrate with a model of the same family.");
        ModelProto quantised = model.Model.Clone();
        new Int8Quantiser(model, ranges, quantised.Graph).Rewrite();
        return quantised.ToByteArray();
    }

    private void Rewrite()
    {
        NodeProto[] nodes = [.. _graph.Node];
        _graph.Node.Clear();
        _graph.ValueInfo.Clear();
        foreach (ValueInfoProto input in _graph.Input)
            QuantiseActivation(input.Name);
        foreach (NodeProto node in nodes)
        {
            string read = node.Input.Count > 0 ? node.Input[0] : "";
            for (int index = 0; index < node.Input.Count; index++)
            {
                if (_ranges.ContainsKey(node.Input[index]))
                    node.Input[index] = Dequantised(node.Input[index]);
            }

            if (FloatModel.IsConvolution(node))
                QuantiseWeights(node, _ranges[read].Scale);
            _graph.Node.Add(node);
            foreach (string result in node.Output)
                QuantiseActivation(result);
        }

        DropUnused();
    }

    private static string Dequantised(string name) => name + "/dequantised";

    private void QuantiseActivation(string name)
    {
        if (!_ranges.TryGetValue(name, out TensorRange range))
            return;
        string scale = Constant(name + "/scale", DataType.Float, Bytes([range.Scale]));
        string zero = Constant(name + "/zero", DataType.Uint8, [range.ZeroPoint]);
        Node("QuantizeLinear", [name, scale, zero], name + "/quantised");
        Node("DequantizeLinear", [name + "/quantised", scale, zero], Dequantised(name));
    }

    /// <param name="convolution">Reads floats, and afterwards integers that are made floats.</param>
    /// <param name="activationScale">Of what it reads.</param>
    private void QuantiseWeights(NodeProto convolution, float activationScale)
    {
        TensorProto weights = _source.Constants[convolution.Input[1]];
        float[] values = MemoryMarshal.Cast<byte, float>(weights.RawData.Span).ToArray();
        int channels = (int)weights.Dims[0];
        float[] scales = [.. values.Chunk(values.Length / channels).Select(ScaleOf)];
        byte[] rounded = [.. values.Select((value, index) => (byte)(sbyte)Math.Clamp(MathF.Round(value / scales[index * channels / values.Length]), -MostWeight, MostWeight))];
        convolution.Input[1] = PerChannel(convolution.Name + "/weights", DataType.Int8, rounded, scales, [.. weights.Dims]);

        if (convolution.Input.Count > 2 && convolution.Input[2].Length > 0)
        {
            float[] biasScales = [.. scales.Select(scale => scale * activationScale)];
            float[] biases = MemoryMarshal.Cast<byte, float>(_source.Constants[convolution.Input[2]].RawData.Span).ToArray();
            var raw = new byte[channels * sizeof(int)];
            for (int channel = 0; channel < channels; channel++)
                BinaryPrimitives.WriteInt32LittleEndian(raw.AsSpan(channel * sizeof(int)), (int)Math.Clamp(Math.Round((double)biases[channel] / biasScales[channel]), int.MinValue, int.MaxValue));
            convolution.Input[2] = PerChannel(convolution.Name + "/bias", DataType.Int32, raw, biasScales, [channels]);
        }
    }

    /// <summary>A channel of zeros may have any scale but none.</summary>
    private static float ScaleOf(float[] channel) => Math.Max(channel.Max(Math.Abs), 1e-8f) / MostWeight;

    private string PerChannel(string name, DataType type, byte[] raw, float[] scales, long[] shape)
    {
        string values = Constant(name, type, raw, shape);
        string scale = Constant(name + "/scale", DataType.Float, Bytes(scales), scales.Length);
        string zero = Constant(name + "/zero", type, new byte[scales.Length * (type == DataType.Int8 ? sizeof(sbyte) : sizeof(int))], scales.Length);
        return Node("DequantizeLinear", [values, scale, zero], Dequantised(name), OnnxAttribute.Of("axis", 0L));
    }

    private string Node(string operation, string[] inputs, string result, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = result };
        node.Input.AddRange(inputs);
        node.Output.Add(result);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return result;
    }

    private string Constant(string name, DataType type, byte[] raw, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(raw) };
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return name;
    }

    private static byte[] Bytes(float[] values)
    {
        var raw = new byte[values.Length * sizeof(float)];
        for (int index = 0; index < values.Length; index++)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(index * sizeof(float)), values[index]);
        return raw;
    }

    private void DropUnused()
    {
        HashSet<string> read = [.. _graph.Node.SelectMany(node => node.Input)];
        TensorProto[] kept = [.. _graph.Initializer.Where(tensor => read.Contains(tensor.Name))];
        _graph.Initializer.Clear();
        _graph.Initializer.AddRange(kept);
    }
}
