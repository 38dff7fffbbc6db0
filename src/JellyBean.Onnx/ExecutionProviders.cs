using System.Globalization;
using JellyBean.Workflows.Models;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.Onnx;

/// <summary>How a device of the workflow is named to the runtime.</summary>
internal static class ExecutionProviders
{
    private const string Cuda = "CUDAExecutionProvider";

    public static bool OffersGpu => OrtEnv.Instance().GetAvailableProviders().Contains(Cuda);

    /// <summary>Session settings for a device; the caller disposes them.</summary>
    /// <exception cref="ModelLoadException">The runtime has no provider for the device, or it does not load.</exception>
    public static SessionOptions Settings(string variant, Device device)
    {
        var settings = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
            IntraOpNumThreads = Math.Max(1, device.Threads),
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            // A spinning thread takes a core from the neighbours and from the links.
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            settings.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");

            // Processors without VNNI would add up products of 8-bit numbers in 16 bits, which overflow; this makes them exact.
            settings.AddSessionConfigEntry("session.x64quantprecision", "1");
            if (device.Kind == DeviceKind.Gpu)
            {
                AppendGpu(variant, settings, device.Index);
            }

            return settings;
        }
        catch
        {
            settings.Dispose();
            throw;
        }
    }

    private static void AppendGpu(string variant, SessionOptions settings, int index)
    {
        if (!OffersGpu)
        {
            throw new ModelLoadException($"Variant '{variant}' is to be loaded on GPU {index.ToString(CultureInfo.InvariantCulture)}, but this build of ONNX Runtime offers {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}. Add the GPU package to the program, or use the processor.");
        }

        try
        {
            settings.AppendExecutionProvider_CUDA(index);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException($"Variant '{variant}': the provider for GPU {index.ToString(CultureInfo.InvariantCulture)} does not load: {e.Message.Trim()}", e);
        }
    }
}
