using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>What lies in a folder.</summary>
internal static class VideoFolder
{
    /// <param name="camera">For messages.</param>
    /// <param name="folder">Where.</param>
    /// <param name="pattern">Of names.</param>
    /// <returns>Files in the order of their names; none where there is no such folder.</returns>
    /// <exception cref="SourceException">The folder may not be read.</exception>
    public static IReadOnlyList<string> Files(string camera, string folder, string pattern = "*")
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SourceException($"Camera '{camera}': the folder '{folder}' cannot be read: {e.Message}", e);
        }
    }
}
