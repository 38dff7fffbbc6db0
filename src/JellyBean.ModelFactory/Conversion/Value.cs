using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>What a node of the source graph gives: a constant known now or a tensor of the ONNX graph.</summary>
internal abstract record Value
{
    /// <summary>Dimensions as the source graph sees them; <see cref="Shapes.Batch"/> for the open one.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    public int Rank => Shape.Length;
}

/// <summary>Known while converting, row-major; exactly one of the two lists is set. Written to the file only where a node reads it.</summary>
internal sealed record ConstantValue : Value
{
    /// <summary>Name to give it in the file.</summary>
    public required string Name { get; init; }

    public float[]? Numbers { get; init; }

    public long[]? Integers { get; init; }

    public int Count => Numbers?.Length ?? Integers!.Length;
}

/// <summary>A tensor of the ONNX graph and how it lies in memory.</summary>
internal sealed record TensorValue : Value
{
    public required string Name { get; init; }

    public required AxisOrder Order { get; init; }
}
