using System.Collections.Immutable;
using JellyBean.ModelFactory.Conversion;

namespace JellyBean.ModelFactory.Families;

/// <summary>
/// CenterNet on MobileNetV3 (github.com/610265158/mobilenetv3_centernet, which states no licence of its own; 80 COCO classes) as the
/// package carries it under MIT.
/// </summary>
/// <remarks>
/// A file <c>centernet-256.onnx</c> reads <c>pixels</c>, uint8 <c>[N, 256, 256, 3]</c> in the order red, green, blue, and gives float
/// <c>heat</c> <c>[N, 80, 64, 64]</c>, 0–1 per cell of 4 pixels and class, and <c>sides</c> <c>[N, 4, 64, 64]</c>, the distances from the cell's
/// corner to the box's left, top, right, bottom, in pixels of the input. The batch N is open.
/// </remarks>
internal static class CenterNetFamily
{
    private const string Licence = "MIT";

    public static readonly ModelFamily Family = new()
    {
        Name = "centernet",
        Licence = Licence,
        Package = HumanModels.Package,
        GraphFile = "centernet.json",
        CoarsestStride = 32,
        SmallestSize = 96,
        LargestSize = 640,
        Channels = ChannelOrder.RedFirst,
        Recipe = new ConversionRecipe
        {
            Name = "centernet",
            Layout = ImageLayout.ChannelsLast,
            // The graph normalises by itself.
            Pixels = new PixelNormalisation { Mean = [0, 0, 0], Deviation = [1, 1, 1] },
            Outputs = [new("tower_0/keypoints", "heat", ChannelsFirst: true), new("tower_0/wh", "sides", ChannelsFirst: true)],
            Metadata = ImmutableSortedDictionary<string, string>.Empty
                .WithComparers(StringComparer.Ordinal)
                .Add("jellybean.input", "pixels: uint8 [N, height, width, 3], red green blue, 0-255")
                .Add("jellybean.licence", Licence)
                .Add("jellybean.origin", HumanModels.Package.Specification)
                .Add("jellybean.outputs", "heat: [N, 80, height/4, width/4], 0-1; sides: [N, 4, height/4, width/4], distances left, top, right, bottom in pixels"),
        },
    };
}
