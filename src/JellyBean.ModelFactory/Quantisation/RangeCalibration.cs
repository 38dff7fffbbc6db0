using System.Collections.Immutable;
using Google.Protobuf;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.Schema;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.ModelFactory.Quantisation;

/// <summary>Runs a model over pictures and keeps the least and greatest value of every tensor that is to be held in 8 bits.</summary>
internal static class RangeCalibration
{
    /// <summary>With fewer pictures, rare activations are cut off and nobody notices.</summary>
    public const int FewestPictures = 8;

    private const int Channels = 3;

    /// <param name="model">The float model.</param>
    /// <param name="pictures">At least <see cref="FewestPictures"/>, each as many bytes as the input has for one element.</param>
    /// <param name="cancellationToken">Gives up between pictures.</param>
    /// <returns>By tensor, for each of the model's activations.</returns>
    /// <exception cref="ModelFormatException">Too few pictures that show something, copies not counted, or of another size, or activations that are constant or not finite.</exception>
    public static ImmutableDictionary<string, TensorRange> Measure(FloatModel model, IReadOnlyList<byte[]> pictures, CancellationToken cancellationToken)
    {
        if (pictures.Count < FewestPictures)
            throw new ModelFormatException($"{pictures.Count} calibration picture{(pictures.Count == 1 ? "" : "s")} given, but at least {FewestPictures} were expected. Give more, as different as what the model will see.");

        int telling = pictures.Where(IsNotBlank).DistinctBy(picture => ContentHash.Of(picture)).Count();
        if (telling < FewestPictures)
            throw new ModelFormatException($"Of {pictures.Count} calibration pictures {telling} show something that no other one shows, but at least {FewestPictures} were expected: blank ones and copies tell nothing. Give more, as different as what the model will see.");

        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
            // Sums in one order, so that ranges, and with them the file's bytes, are the same each time.
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using var session = new InferenceSession(WithOutputs(model).ToByteArray(), options);
        (string input, long[] shape) = InputOf(session, pictures);
        using var run = new RunOptions();
        var ranges = new Dictionary<string, TensorRange>(StringComparer.Ordinal);
        foreach (byte[] picture in pictures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using OrtValue pixels = OrtValue.CreateTensorValueFromMemory(picture, shape);
            using IDisposableReadOnlyCollection<OrtValue> values = session.Run(run, [input], [pixels], model.Activations);
            foreach ((string name, OrtValue value) in model.Activations.Zip(values))
            {
                TensorRange range = TensorRange.Of(value.GetTensorDataAsSpan<float>());
                ranges[name] = ranges.TryGetValue(name, out TensorRange before) ? before.With(range) : range;
            }
        }

        ExpectUsable(ranges, pictures.Count);
        return ranges.ToImmutableDictionary(StringComparer.Ordinal);
    }

    /// <summary>Whether not all pixels are of one colour.</summary>
    private static bool IsNotBlank(byte[] picture) => picture.Length > Channels && !picture.AsSpan(Channels..).SequenceEqual(picture.AsSpan(..^Channels));

    private static ModelProto WithOutputs(FloatModel model)
    {
        ModelProto watched = model.Model.Clone();
        foreach (string activation in model.Activations.Except(watched.Graph.Input.Select(input => input.Name), StringComparer.Ordinal))
            watched.Graph.Output.Add(new ValueInfoProto { Name = activation, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } } });
        return watched;
    }

    private static (string Name, long[] Shape) InputOf(InferenceSession session, IReadOnlyList<byte[]> pictures)
    {
        if (session.InputMetadata.Count != 1 || session.InputMetadata.Single() is not { Value: { IsTensor: true } declared } input || declared.ElementType != typeof(byte) || declared.Dimensions.Skip(1).Any(size => size <= 0))
            throw new ModelFormatException("The model to be quantised must have one input of pixels, uint8 [batch, height, width, 3] with height and width known. Convert it so.");
        long[] shape = [1, .. declared.Dimensions.Skip(1).Select(size => (long)size)];
        long expected = shape.Aggregate((product, size) => product * size);
        return pictures.FirstOrDefault(picture => picture.Length != expected) is not { } other
            ? (input.Key, shape)
            : throw new ModelFormatException($"A calibration picture has {other.Length} bytes, but the model reads [{string.Join(", ", shape)}], {expected} bytes. Scale the pictures to the model's input.");
    }

    private static void ExpectUsable(Dictionary<string, TensorRange> ranges, int pictures)
    {
        string[] infinite = [.. Names(range => !float.IsFinite(range.Least) || !float.IsFinite(range.Greatest))];
        if (infinite.Length > 0)
            throw new ModelFormatException($"Activations are not finite over the calibration pictures: {string.Join(", ", infinite)}. The model or its input scaling is wrong.");
        string[] constant = [.. Names(range => range.IsConstant)];
        if (constant.Length > 0)
            throw new ModelFormatException($"Activations never changed over {pictures} calibration pictures: {string.Join(", ", constant)}. The pictures must differ, as blank ones do not.");

        IEnumerable<string> Names(Func<TensorRange, bool> matches) => ranges.Where(pair => matches(pair.Value)).Select(pair => $"'{pair.Key}'").Order(StringComparer.Ordinal);
    }
}
