namespace JellyBean.ModelFactory.Packages;

/// <summary>The folder for what is downloaded and made from it; outside the project, safe to delete.</summary>
public sealed record ModelCache
{
    private const string Variable = "JELLYBEAN_CACHE";
    private const string StandardVariable = "XDG_CACHE_HOME";

    /// <summary>A cache in the given folder, which is made when something is stored.</summary>
    /// <param name="folder">Absolute, or relative to the working directory.</param>
    public ModelCache(string folder) => Folder = Path.GetFullPath(folder);

    /// <summary>The whole cache.</summary>
    public string Folder { get; }

    /// <summary>Finished models and their manifest.</summary>
    public string Models => Path.Combine(Folder, "models");

    /// <summary>What models are made from.</summary>
    public string Packages => Path.Combine(Folder, "packages");

    /// <summary>This user's cache: <c>$JELLYBEAN_CACHE</c>, else <c>$XDG_CACHE_HOME/jellybean</c>, else <c>~/.cache/jellybean</c>.</summary>
    public static ModelCache OfUser() => Locate(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    internal static ModelCache Locate(Func<string, string?> variable, string home)
    {
        if (variable(Variable) is { Length: > 0 } chosen)
            return new ModelCache(chosen);
        string caches = variable(StandardVariable) is { Length: > 0 } standard ? standard : Path.Combine(home, ".cache");
        return new ModelCache(Path.Combine(caches, "jellybean"));
    }
}
