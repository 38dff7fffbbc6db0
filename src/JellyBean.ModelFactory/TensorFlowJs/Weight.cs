using System.Collections.Immutable;

namespace JellyBean.ModelFactory.TensorFlowJs;

/// <summary>A constant of the model, row-major; exactly one of the two lists is set.</summary>
/// <remarks>The arrays are shared between readers and must not be written to.</remarks>
internal sealed record Weight
{
    public required string Name { get; init; }

    /// <summary>Dimensions; none for a scalar.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    public float[]? Numbers { get; init; }

    /// <summary>Integers and booleans, widened.</summary>
    public long[]? Integers { get; init; }
}
