using System.Collections.Immutable;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Inference;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Compilation;

/// <summary>What a fragment's graph is made of besides the plan: opened sources and sinks, loaded variants, meters.</summary>
internal sealed record FragmentParts
{
    public required ImmutableDictionary<SourceId, SourceReader> Readers { get; init; }

    public required ImmutableDictionary<OperatorId, InferencePool> Pools { get; init; }

    public required ImmutableDictionary<OperatorId, BoundSink> Sinks { get; init; }

    public required FragmentMeters Meters { get; init; }

    public required FragmentCompletion Completion { get; init; }

    public required FragmentSnapshots Snapshots { get; init; }

    public required FragmentLinks Links { get; init; }

    /// <summary>What must be disposed once no stage uses it any more.</summary>
    public IEnumerable<IAsyncDisposable> Disposables => [.. Readers.Values.Cast<IAsyncDisposable>(), .. Pools.Values, .. Sinks.Values];
}
