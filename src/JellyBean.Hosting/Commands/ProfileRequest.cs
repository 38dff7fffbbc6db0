using System.Collections.Immutable;

namespace JellyBean.Hosting.Commands;

/// <summary>What <c>profile</c> was asked.</summary>
internal sealed record ProfileRequest
{
    public PreparationRequest Preparation { get; init; } = new();

    /// <summary>Truth files, <c>[OUTPUT=]FILE</c> each; accuracies are measured, not times.</summary>
    public ImmutableArray<string> Truths { get; init; } = [];

    /// <summary>What agreement is measured with: <c>best</c>, or variants, <c>OPERATOR=VARIANT,…</c>; null for none.</summary>
    public string? Reference { get; init; }

    /// <summary>Variants to keep to, <c>OPERATOR=VARIANT</c> each.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>A file to write, beside the one that the program keeps.</summary>
    public string? File { get; init; }

    /// <summary>How long the models together may be measured; the command's own choice unless given.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The command as it was given, for provenances.</summary>
    public string Command { get; init; } = "profile";
}
