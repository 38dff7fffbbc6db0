using System.Collections.Immutable;
using JellyBean.ModelFactory.Conversion;

namespace JellyBean.ModelFactory.Families;

/// <summary>NanoDet-g (github.com/RangiLyu/nanodet, Apache-2.0; 80 COCO classes).</summary>
/// <remarks>
/// A file <c>nanodet-352.onnx</c> reads <c>pixels</c>, uint8 <c>[N, 352, 352, 3]</c> in the order blue, green, red, and gives
/// float <c>scores_8</c>, <c>scores_16</c>, <c>scores_32</c> of <c>[N, (352 ÷ S)², 80]</c>, 0–1, and
/// <c>boxes_8</c>, <c>boxes_16</c>, <c>boxes_32</c> of <c>[N, (352 ÷ S)², 44]</c>: for left, top, right, bottom 11 logits each, whose
/// softmax-weighted mean is the distance from the cell's centre in cells. The batch N is open.
/// </remarks>
internal static class NanoDetFamily
{
    private const string Licence = "MIT AND Apache-2.0";

    public static readonly ModelFamily Family = new()
    {
        Name = "nanodet",
        Licence = Licence,
        Package = HumanModels.Package,
        GraphFile = "nanodet.json",
        CoarsestStride = 32,
        SmallestSize = 96,
        LargestSize = 640,
        Channels = ChannelOrder.BlueFirst,
        Recipe = new ConversionRecipe
        {
            Name = "nanodet",
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
                .Add("jellybean.origin", HumanModels.Package.Specification)
                .Add("jellybean.outputs", "scores_S: [N, cells, 80], 0-1; boxes_S: [N, cells, 44], logits of distances left, top, right, bottom; S: pixels per cell"),
        },
    };
}
