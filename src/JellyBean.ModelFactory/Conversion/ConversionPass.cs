using System.Collections.Immutable;
using JellyBean.ModelFactory.TensorFlowJs;

namespace JellyBean.ModelFactory.Conversion;

/// <summary>What is fixed while one graph is converted.</summary>
/// <param name="Model">The source.</param>
/// <param name="Recipe">What its file does not say.</param>
/// <param name="Size">Height and width to build for; null builds for the size in the file.</param>
/// <param name="NativeShapes">Shapes at the size in the file; null while finding these out.</param>
internal sealed record ConversionPass(
    GraphModel Model,
    ConversionRecipe Recipe,
    int? Size,
    ImmutableDictionary<NodeOutput, ImmutableArray<long>>? NativeShapes);
