using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Tests;

/// <summary>Writes a TensorFlow.js graph model of a few nodes, as tensorflowjs_converter would.</summary>
internal sealed class TinyModel
{
    public const string Shard = "weights.bin";

    private readonly JsonArray _nodes = [];
    private readonly JsonArray _weights = [];
    private readonly List<byte> _bytes = [];

    public static JsonObject Shape(params long[] sizes) =>
        new() { ["shape"] = new JsonObject { ["dim"] = new JsonArray([.. sizes.Select(size => new JsonObject { ["size"] = $"{size}" })]) } };

    public static JsonObject Text(string text) => new() { ["s"] = Coded(text) };

    public static JsonObject Texts(params string[] texts) => new() { ["list"] = new JsonObject { ["s"] = new JsonArray([.. texts.Select(text => JsonValue.Create(Coded(text)))]) } };

    public static JsonObject Integer(long value) => new() { ["i"] = $"{value}" };

    public static JsonObject Integers(params long[] values) => new() { ["list"] = new JsonObject { ["i"] = new JsonArray([.. values.Select(value => JsonValue.Create($"{value}"))]) } };

    public static JsonObject Number(float value) => new() { ["f"] = value };

    public static JsonObject Flag(bool value) => new() { ["b"] = value };

    public TinyModel Input(string name, params long[] shape) => Node("Placeholder", name, [], ("shape", Shape(shape)));

    public TinyModel Node(string operation, string name, string[] inputs, params (string Name, JsonObject Value)[] attributes)
    {
        _nodes.Add(new JsonObject
        {
            ["name"] = name,
            ["op"] = operation,
            ["input"] = new JsonArray([.. inputs.Select(input => JsonValue.Create(input))]),
            ["attr"] = new JsonObject(attributes.Select(attribute => KeyValuePair.Create(attribute.Name, (JsonNode?)attribute.Value))),
        });
        return this;
    }

    public TinyModel Constant(string name, long[] shape, params float[] values)
    {
        foreach (float value in values)
            _bytes.AddRange(BitConverter.GetBytes(value));
        return Node("Const", name, []).Weight(name, shape, "float32");
    }

    public TinyModel Constant(string name, long[] shape, params int[] values)
    {
        foreach (int value in values)
            _bytes.AddRange(BitConverter.GetBytes(value));
        return Node("Const", name, []).Weight(name, shape, "int32");
    }

    public TinyModel Quantised(string name, long[] shape, string type, JsonObject quantization, params byte[] stored)
    {
        _bytes.AddRange(stored);
        return Node("Const", name, []).Weight(name, shape, type, quantization);
    }

    /// <returns>The path of the model.json.</returns>
    public string Write(TemporaryFolder folder)
    {
        var json = new JsonObject
        {
            ["format"] = "graph-model",
            ["modelTopology"] = new JsonObject { ["node"] = _nodes.DeepClone() },
            ["weightsManifest"] = new JsonArray(new JsonObject { ["paths"] = new JsonArray(Shard), ["weights"] = _weights.DeepClone() }),
        };
        string path = folder.File("model.json");
        File.WriteAllText(path, JsonSerializer.Serialize(json));
        File.WriteAllBytes(folder.File(Shard), _bytes.ToArray());
        return path;
    }

    public GraphModel Read()
    {
        using var folder = new TemporaryFolder();
        return GraphModelReader.Read(Write(folder));
    }

    private static string Coded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private TinyModel Weight(string name, long[] shape, string type, JsonObject? quantization = null)
    {
        var weight = new JsonObject { ["name"] = name, ["shape"] = new JsonArray([.. shape.Select(size => JsonValue.Create(size))]), ["dtype"] = type };
        if (quantization is not null)
            weight["quantization"] = quantization;
        _weights.Add(weight);
        return this;
    }
}
