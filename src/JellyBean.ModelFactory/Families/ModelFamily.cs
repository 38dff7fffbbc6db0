using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Packages;

namespace JellyBean.ModelFactory.Families;

/// <summary>One published graph from which models of many input sizes are made.</summary>
internal sealed record ModelFamily
{
    /// <summary>How its models' names begin, as in <c>nanodet</c>.</summary>
    public required string Name { get; init; }

    /// <summary>SPDX: the package's licence and, where it is known, that of the network inside.</summary>
    public required string Licence { get; init; }

    public required SourcePackage Package { get; init; }

    /// <summary>The graph's file in the package's folder; its weights lie beside it.</summary>
    public required string GraphFile { get; init; }

    public required ConversionRecipe Recipe { get; init; }

    /// <summary>Both sides of the input must be whole numbers of cells of the coarsest grid, in pixels.</summary>
    public required int CoarsestStride { get; init; }

    /// <summary>In pixels.</summary>
    public required int SmallestSize { get; init; }

    /// <summary>In pixels.</summary>
    public required int LargestSize { get; init; }

    /// <summary>Which order of colours the input has.</summary>
    public required ChannelOrder Channels { get; init; }

    public bool Allows(int size) => size >= SmallestSize && size <= LargestSize && size % CoarsestStride == 0;
}

/// <summary>Which colour comes first in a pixel of three bytes.</summary>
internal enum ChannelOrder
{
    RedFirst,
    BlueFirst,
}
