using JellyBean.Workflows.Models;
using Microsoft.ML.OnnxRuntime;

namespace JellyBean.Onnx;

/// <summary>The runtime's process-wide part.</summary>
internal static class OnnxEnvironment
{
    private static readonly Lock Gate = new();

    /// <summary>Makes it, logging errors only, unless the program has made its own.</summary>
    /// <exception cref="ModelLoadException">The native library is not there.</exception>
    public static void Ensure()
    {
        lock (Gate)
        {
            try
            {
                if (!OrtEnv.IsCreated)
                {
                    var options = new EnvironmentCreationOptions { logId = "jellybean", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
                    OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
                }
            }
            catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
            {
                throw new ModelLoadException("ONNX Runtime's native library was not found. Add the package Microsoft.ML.OnnxRuntime to the program.", e);
            }
        }
    }
}
