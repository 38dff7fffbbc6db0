using System.Collections.Immutable;

namespace JellyBean.Hosting;

/// <summary>What a program adds to the report of a run.</summary>
public sealed record RunAddition
{
    /// <summary>Nothing.</summary>
    public static RunAddition None { get; } = new();

    /// <summary>Files that were written for people to open, with what each shows.</summary>
    public ImmutableArray<RunFile> Files { get; init; } = [];

    /// <summary>Figures by name, such as a measured accuracy; the JSON answer has them under <c>figures</c>.</summary>
    public ImmutableSortedDictionary<string, double> Figures { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}

/// <summary>A file that a run wrote.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Shows">What it shows, in a few words.</param>
public sealed record RunFile(string Path, string Shows);
