using JellyBean.Workflows.Models;

namespace JellyBean.Onnx;

/// <summary>What can be told of a model file before the runtime reads it.</summary>
internal static class OnnxFile
{
    /// <returns>The file's length in bytes.</returns>
    /// <exception cref="ModelLoadException">It is missing or empty.</exception>
    public static long Check(string variant, string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new ModelLoadException($"Variant '{variant}': its file '{path}' is missing. {Advice(path)}");
        }

        return file.Length > 0 ? file.Length : throw new ModelLoadException($"Variant '{variant}': its file '{path}' is empty. {Advice(path)}");
    }

    public static string Advice(string path)
    {
        var cached = Path.GetFullPath(path).StartsWith(Path.GetFullPath(ModelCache.Models) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return cached
            ? "Run the program with 'models restore', which brings what is missing or damaged."
            : "Expected an ONNX file that this version of ONNX Runtime reads: check the path, or export the model again.";
    }
}
