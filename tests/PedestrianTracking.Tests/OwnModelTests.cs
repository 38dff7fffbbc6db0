using JellyBean.Onnx;
using JellyBean.Vision;
using JellyBean.Vision.Detection;
using JellyBean.Workflows.Models;

namespace PedestrianTracking.Tests;

/// <summary>The README's way to a model of one's own: it must compile, and say what is wrong where the file is.</summary>
public class OwnModelTests
{
    [Fact]
    public async Task OwnModel_file_that_is_missing_is_told_when_it_is_loaded()
    {
        var mine = OnnxVariant.Create<Frame, IReadOnlyList<Box>>(
            "mine-640",
            "models/mine.onnx",
            encode: (frame, tensor) => frame.LetterboxTo(tensor, PixelLayout.NchwRgb01),
            decode: (tensors, frame) => Yolo.Decode(tensors["output0"], frame, minScore: 0.25f));
        var detector = Model.Define("detector", [.. NanoDet.Variants([256, 352, 416]), mine]);

        var error = await Assert.ThrowsAsync<ModelLoadException>(() => detector.Variants[^1].LoadAsync(Device.OneCore, CancellationToken.None));

        Assert.Contains("models/mine.onnx", error.Message, StringComparison.Ordinal);
    }
}
