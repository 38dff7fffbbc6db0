using JellyBean.Planning.Profiles;
using JellyBean.Workflows;

namespace PedestrianTracking;

/// <summary>How well the detector's variants find people, measured against the truth for the example's clip.</summary>
public static class MeasuredAccuracy
{
    private const string Provenance =
        "Average precision of persons at an overlap of 0.5 over 80 frames of vtest.avi (Debian package opencv-doc), which is PETS 2009 S2.L1 view 1, "
        + "against its published boxes; files of 'models restore', whole view, every tenth frame from the first, boxes of score 0.1 and more. "
        + "8-bit models were calibrated with other pictures.";

    /// <summary>The measured rows. The embedder does not change which people are found, so they hold whatever its variant.</summary>
    public static IReadOnlyList<AccuracyRow> Rows { get; } =
    [
        Row("nanodet-160", 0.572), Row("nanodet-160-int8", 0.559),
        Row("nanodet-192", 0.713), Row("nanodet-192-int8", 0.685),
        Row("nanodet-256", 0.853), Row("nanodet-256-int8", 0.849),
        Row("nanodet-320", 0.896), Row("nanodet-320-int8", 0.891),
        Row("nanodet-352", 0.911), Row("nanodet-352-int8", 0.911),
        Row("nanodet-416", 0.913), Row("nanodet-416-int8", 0.919),
        Row("centernet-192", 0.685), Row("centernet-256", 0.843), Row("centernet-320", 0.877), Row("centernet-384", 0.887),
    ];

    private static AccuracyRow Row(string variant, double ap50) => new()
    {
        Metric = "ap50",
        Variants = [new VariantChoice(new OperatorId(Tracking.Detector.Name), variant)],
        Value = ap50,
        Provenance = Provenance,
    };
}
