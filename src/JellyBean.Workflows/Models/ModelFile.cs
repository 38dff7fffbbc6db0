namespace JellyBean.Workflows.Models;

/// <summary>A model file that a <see cref="IModelSource"/> can bring.</summary>
/// <param name="Name">As variants name it, such as <c>nanodet-352</c>.</param>
/// <param name="Path">Where it is, or will be, in the cache.</param>
/// <param name="Licence">SPDX expression.</param>
/// <param name="Origin">Package and version it comes from.</param>
public sealed record ModelFile(string Name, string Path, string Licence, string Origin);

/// <summary>What a check of a model file found.</summary>
/// <param name="File">The file.</param>
/// <param name="State">Whether it can be used.</param>
/// <param name="Detail">Size and hash, or what is wrong.</param>
public sealed record ModelFileStatus(ModelFile File, ModelFileState State, string Detail)
{
    /// <summary>The file's length; null where there is no file, or its source does not say.</summary>
    public long? Bytes { get; init; }

    /// <summary>What the file's SHA-256 is, in lower-case hexadecimal; null where there is no file, or its source does not say.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>Whether a model file can be used.</summary>
public enum ModelFileState
{
    /// <summary>Not in the cache.</summary>
    Missing,

    /// <summary>In the cache, but not what was recorded.</summary>
    Corrupt,

    /// <summary>As recorded.</summary>
    Ready,
}
