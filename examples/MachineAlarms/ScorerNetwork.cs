using JellyBean.Onnx;
using JellyBean.Workflows.Models;

namespace MachineAlarms;

/// <summary>The same model as an ONNX file: input <c>x</c> [batch, 2], output <c>y</c> [batch, 1].</summary>
public static class ScorerNetwork
{
    /// <summary>Where the file is.</summary>
    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, "models", "scorer.onnx");

    /// <summary>The variant.</summary>
    public static Variant<Reading, float> Variant { get; } = OnnxVariant.Create<Reading, float>(
        "network",
        File,
        encode: (reading, tensor) =>
        {
            tensor.Floats[0] = reading.Temperature;
            tensor.Floats[1] = reading.Vibration;
        },
        decode: (tensors, _) => tensors["y"].Floats[0],
        new OnnxOptions { MaxBatch = 16 });
}
