using System.Text.Json.Serialization;

namespace JellyBean.ModelFactory.TensorFlowJs;

// The shape of model.json as tensorflowjs_converter writes it; only the parts we read.

internal sealed record ModelJson(string? Format, TopologyJson? ModelTopology, IReadOnlyList<WeightGroupJson>? WeightsManifest);

internal sealed record TopologyJson(IReadOnlyList<NodeJson>? Node);

internal sealed record NodeJson(string? Name, string? Op, IReadOnlyList<string>? Input, Dictionary<string, AttributeJson>? Attr);

internal sealed record AttributeJson(string? S, long? I, float? F, bool? B, ShapeJson? Shape, AttributeListJson? List);

internal sealed record AttributeListJson(IReadOnlyList<string>? S, IReadOnlyList<long>? I);

internal sealed record ShapeJson(IReadOnlyList<DimensionJson>? Dim, bool UnknownRank = false);

internal sealed record DimensionJson(long? Size);

/// <summary>Weights that lie one behind the other in the concatenation of some shard files.</summary>
internal sealed record WeightGroupJson(IReadOnlyList<string>? Paths, IReadOnlyList<WeightJson>? Weights);

internal sealed record WeightJson(string? Name, IReadOnlyList<long>? Shape, string? Dtype, QuantizationJson? Quantization);

/// <summary>How weights were made smaller: <c>float16</c>, or <c>uint8</c>/<c>uint16</c> with value = stored × scale + min.</summary>
internal sealed record QuantizationJson(string? Dtype, double? Scale, double? Min);

// 64-bit integers are JSON strings in this format.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelJson))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;
