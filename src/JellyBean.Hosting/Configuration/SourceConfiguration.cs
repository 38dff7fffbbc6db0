using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Configuration;

/// <summary>A configured source.</summary>
internal sealed record SourceConfiguration
{
    public required OperatorId Input { get; init; }

    public required string Name { get; init; }

    /// <summary>Where its keys stand, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>The worker that it is attached to; null where any of the input's tier will do.</summary>
    public WorkerId? Node { get; init; }

    /// <summary>Where it looks at, for reports; null unless configured.</summary>
    public string? Site { get; init; }

    /// <summary>What it does under overload; null for the input's policy.</summary>
    public Overload? Overload { get; init; }

    /// <summary>Elements per second to plan for; null to ask the source.</summary>
    public double? Rate { get; init; }

    /// <summary>The keys that belong to the program's factory.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>Where each of the keys was written, and under an empty key the source itself.</summary>
    public IReadOnlyDictionary<string, string>? Origins { get; init; }

    public SourceId Id => SourceId.Of(Input.Value, Name);

    public SourceSettings NewSettings() => new(Path, Name, Values, Origins);
}
