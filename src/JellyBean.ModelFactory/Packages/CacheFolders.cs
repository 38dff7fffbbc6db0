namespace JellyBean.ModelFactory.Packages;

/// <summary>The rooms of a model cache; outside the project, safe to delete.</summary>
internal sealed record CacheFolders
{
    /// <param name="root">The whole cache; made when something is stored.</param>
    public CacheFolders(string root) => Root = Path.GetFullPath(root);

    public string Root { get; }

    /// <summary>Finished models and their manifest; where variants look for them.</summary>
    public string Models => Path.Combine(Root, "models");

    /// <summary>What models are made from.</summary>
    public string Packages => Path.Combine(Root, "packages");
}
