using JellyBean.ModelFactory.NanoDet;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;

namespace PedestrianTracking;

/// <summary>How well the detector's variants find people, measured against the truth for the example's clip.</summary>
public static class MeasuredAccuracy
{
    private const string Provenance =
        "Average precision of persons at an overlap of 0.5 over 80 frames of vtest.avi (Debian package opencv-doc), which is PETS 2009 S2.L1 view 1, "
        + "against its published boxes; files of 'models restore', whole view, frames scaled to the input by ffmpeg, bilinear.";

    /// <summary>The measured rows. The embedder does not change which people are found, so they hold whatever its variant.</summary>
    public static IReadOnlyList<AccuracyRow> Rows { get; } = [Row(256, 0.854), Row(352, 0.908), Row(416, 0.911)];

    private static AccuracyRow Row(int size, double ap50) => new()
    {
        Metric = "ap50",
        Variants = [new VariantChoice(new OperatorId(Tracking.Detector.Name), NanoDetModels.NameOf(size))],
        Value = ap50,
        Provenance = Provenance,
    };
}
