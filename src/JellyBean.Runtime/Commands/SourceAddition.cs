using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Commands;

/// <summary>A source that is added to a run.</summary>
/// <param name="Source">Its input and name.</param>
/// <param name="Settings">The keys that its configuration would have; none brings back a configured source that was removed. They may hold credentials, and are never shown.</param>
public sealed record SourceAddition(SourceId Source, ImmutableSortedDictionary<string, string> Settings)
{
    /// <summary>The input that it feeds.</summary>
    public OperatorId Input => new(Source.Value.Split('/')[0]);

    /// <summary>Its name within the input.</summary>
    public string Name => Source.Value[(Source.Value.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <inheritdoc />
    public bool Equals(SourceAddition? other) => other is not null && Source == other.Source && Settings.SequenceEqual(other.Settings);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Source, Settings.Count);

    /// <inheritdoc />
    public override string ToString() => Source.Value;
}
