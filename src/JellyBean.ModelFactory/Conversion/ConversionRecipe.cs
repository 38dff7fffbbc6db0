using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>What the converter must be told about a model because its file does not say it.</summary>
public sealed record ConversionRecipe
{
    /// <summary>Name of the graph in the ONNX file.</summary>
    public required string Name { get; init; }

    /// <summary>Where the image axes of the model's input are.</summary>
    public required ImageLayout Layout { get; init; }

    /// <summary>Normalisation to build into the graph, whose input is then <c>[N, height, width, 3]</c> uint8.</summary>
    /// <value>Null, the default, leaves the input as the model has it: float, already normalised.</value>
    public PixelNormalisation? Pixels { get; init; }

    /// <summary>Results to keep; what no result needs is left out of the ONNX file.</summary>
    public required ImmutableArray<RecipeOutput> Outputs { get; init; }

    /// <summary>Facts to store in the ONNX file's metadata: licence, origin.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Order of the axes of an image batch.</summary>
public enum ImageLayout
{
    /// <summary><c>[batch, height, width, channels]</c></summary>
    ChannelsLast,

    /// <summary><c>[batch, channels, height, width]</c></summary>
    ChannelsFirst,
}

/// <summary>A result of the source graph and its name in the ONNX file.</summary>
/// <param name="Source">Node in the source graph, with <c>:1</c> and so on for results after the first.</param>
/// <param name="Name">Name in the ONNX file; stable, callers read the result by it.</param>
/// <param name="ChannelsFirst">Whether to write an image's channels as planes, as they lie inside the ONNX graph, instead of last, as in the source.</param>
public sealed record RecipeOutput(string Source, string Name, bool ChannelsFirst = false);

/// <summary>Per channel: normalised = (pixel − mean) ÷ deviation. Pixels are 0–255 in the channel order the model was trained with.</summary>
public sealed record PixelNormalisation
{
    /// <summary>Means, 0–255, in the model's channel order.</summary>
    public required ImmutableArray<float> Mean { get; init; }

    /// <summary>Standard deviations, 0–255, in the model's channel order.</summary>
    public required ImmutableArray<float> Deviation { get; init; }

    internal bool IsIdentity => Mean.All(mean => mean == 0) && Deviation.All(deviation => deviation == 1);
}
