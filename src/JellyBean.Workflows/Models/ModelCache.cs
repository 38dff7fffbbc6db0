namespace JellyBean.Workflows.Models;

/// <summary>Where model files lie on this machine: outside the project, shared by every program of the user.</summary>
public static class ModelCache
{
    /// <summary>
    /// The cache's folder: the environment variable <c>JELLYBEAN_CACHE</c>, else <c>$XDG_CACHE_HOME/jellybean</c>, else <c>~/.cache/jellybean</c>.
    /// </summary>
    public static string Folder => FolderOf(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>The folder of the model files in the cache.</summary>
    public static string Models => Path.Combine(Folder, "models");

    /// <summary>Where the file of a variant is, or will be.</summary>
    /// <param name="variant">As in <c>nanodet-352</c>.</param>
    public static string PathOf(string variant) => Path.Combine(Models, variant + ".onnx");

    internal static string FolderOf(Func<string, string?> variable, string home) =>
        variable("JELLYBEAN_CACHE") is { Length: > 0 } own ? own
        : variable("XDG_CACHE_HOME") is { Length: > 0 } cache ? Path.Combine(cache, "jellybean")
        : Path.Combine(home, ".cache", "jellybean");
}
