using JellyBean.ModelFactory.Conversion;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.ModelFactory.Tests.Conversion;

/// <summary>Converts tiny graphs and runs them in ONNX Runtime.</summary>
internal static class Converted
{
    private const float Tolerance = 1e-4f;

    public static ConversionRecipe Recipe(params string[] outputs) => new()
    {
        Name = "tiny",
        Layout = ImageLayout.ChannelsLast,
        Outputs = [.. outputs.Select((output, index) => new RecipeOutput(output, $"result_{index}"))],
    };

    public static byte[] Convert(this TinyModel model, params string[] outputs) => OnnxConverter.Convert(model.Read(), Recipe(outputs), size: null);

    public static Tensor Run(this TinyModel model, string output, Tensor input) => Run(model.Convert(output), input);

    public static Tensor Run(byte[] onnx, Tensor input)
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input.Values, input.Shape);
        return Run(onnx, value)[0];
    }

    public static Tensor[] Run(byte[] onnx, OrtValue input)
    {
        using var session = new InferenceSession(onnx);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [GraphInput.Name], [input], session.OutputNames);
        return [.. results.Select(result => new Tensor(result.GetTensorTypeAndShape().Shape, result.GetTensorDataAsSpan<float>().ToArray()))];
    }

    public static void Equal(Tensor expected, Tensor found)
    {
        Assert.Equal(expected.Shape, found.Shape);
        for (int index = 0; index < expected.Values.Length; index++)
            Assert.True(MathF.Abs(expected.Values[index] - found.Values[index]) <= Tolerance, $"element {index}: expected {expected.Values[index]}, found {found.Values[index]}");
    }
}
