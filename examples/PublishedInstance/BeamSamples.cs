using JellyBean.Optimizer.Heuristics;

namespace PublishedInstance;

/// <summary>What the prototype's beam search knows of each operator: samples of accuracies in and out, and one cost for each variant.</summary>
/// <remarks>
/// Same source as the profile: <c>accuracy_operator_samples</c> and <c>beam_cost_profile</c>. Accuracies of pictures are top-5 in per cent, those of speech minus the word error rate in per
/// cent (a reading of the values; the source does not label them); costs are milliseconds on a device that the source does not name.
/// </remarks>
internal static class BeamSamples
{
    private const double Base = -3.823;
    private const double Large = -1.8621;

    private static readonly (string Variant, double Top5, double Cost, double WithBase, double WithLarge)[] Pictures =
    [
        ("resnet18", 89.074, 6.0817391967773435, 54.02, 56.59),
        ("resnet34", 91.42, 7.805843679904938, 54.37, 56.85),
        ("resnet50", 92.866, 10.446570706367492, 55.42, 57.94),
        ("resnet101", 93.548, 17.108720197677613, 55.91, 58.19),
        ("resnet152", 94.05, 23.935289945602417, 55.76, 58.33),
    ];

    public static IEnumerable<OperatorSamples> All { get; } =
    [
        new(
            new("VQA"),
            [new("ExtractImageFeature"), new("SpeechRecognition")],
            [new("default", 3.718242340022698, [.. Pictures.SelectMany(p => new[] { new AccuracySample([p.Top5, Base], p.WithBase), new AccuracySample([p.Top5, Large], p.WithLarge) })])]),
        new(new("ExtractImageFeature"), [], [.. Pictures.Select(p => new VariantSamples(p.Variant, p.Cost, [new([], p.Top5)]))]),
        new(
            new("SpeechRecognition"),
            [],
            [new("wav2vec2-base-960h", 13.286894897930324, [new([], Base)]), new("wav2vec2-large-960h-lv60-self", 24.441278224810958, [new([], Large)])]),
    ];
}
