using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace PublishedInstance;

/// <summary>Spoken questions about pictures: features of the picture and the words of the question are joined for each request, then answered.</summary>
/// <remarks>Operators and variants are named as in the JellyBean prototype's instance. Nothing here runs: it is planned with the published figures.</remarks>
internal static class VisualQuestions
{
    /// <summary>The metric of the published table, in per cent.</summary>
    public const string Metric = "vqa-accuracy";

    public static Input<Picture> ReadImage { get; } = new("ReadImage");

    public static Input<Speech> ReadSpeech { get; } = new("ReadSpeech");

    public static Output<Answer> Answers { get; } = new("Answer");

    public static Model<Picture, Features> ExtractImageFeature { get; } =
        Published.Model<Picture, Features>("ExtractImageFeature", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152");

    public static Model<Speech, Words> SpeechRecognition { get; } =
        Published.Model<Speech, Words>("SpeechRecognition", "wav2vec2-base-960h", "wav2vec2-large-960h-lv60-self");

    public static Model<Question, Answer> Vqa { get; } = Published.Model<Question, Answer>("VQA", "default");

    public static Workflow Workflow { get; } = Workflow.Define("visual-questions", w =>
    {
        var pictures = w.From(ReadImage).Infer(ExtractImageFeature, (_, features) => features).KeyBy(f => f.Request);
        var words = w.From(ReadSpeech).Infer(SpeechRecognition, (_, heard) => heard).KeyBy(h => h.Request);
        pictures
            .JoinWithin("Request", words, TimeSpan.FromSeconds(10), match: (_, _) => true, result: (features, heard) => new Question(features, heard))
            .Infer(Vqa, (_, answer) => answer)
            .To(Answers, new() { Accuracy = new(Metric, 56.0) });
    });
}

internal sealed record Picture(string Request, float[] Pixels);

internal sealed record Speech(string Request, float[] Samples);

internal sealed record Features(string Request, float[] Values);

internal sealed record Words(string Request, string Text);

internal sealed record Question(Features Picture, Words Words);

internal sealed record Answer(string Request, string Text);
