using System.Collections.Immutable;

namespace JellyBean.Hosting.Commands;

/// <summary>What <c>run</c> was asked.</summary>
internal sealed record RunRequest
{
    public PreparationRequest Preparation { get; init; } = new();

    /// <summary>Truth files, <c>[OUTPUT=]FILE</c> each.</summary>
    public ImmutableArray<string> Truths { get; init; } = [];

    /// <summary>Goes on with a run that did not come to its end, where there is one.</summary>
    public bool Resume { get; init; }

    /// <summary>Ends with one line of JSON on standard output, where nothing else is then written.</summary>
    public bool Json { get; init; }

    /// <summary>The program's own options, by name without dashes.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;
}
