using System.Collections.Immutable;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Fragments;

/// <summary>What a node's agent needs of its data plane: the seam at which control is tested without one.</summary>
internal interface IFragmentHost : IAsyncDisposable
{
    /// <summary>Where it takes links from other processes; null if it takes none.</summary>
    NodeAddress? LinkAddress { get; }

    /// <summary>Compiles this worker's part of a plan and loads its variants; lets nothing flow yet.</summary>
    /// <param name="order">What of.</param>
    /// <param name="before">What runs here by the plan whose place this one takes, and goes on meanwhile; null if nothing does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IFragment> PrepareAsync(FragmentOrder order, IFragment? before, CancellationToken cancellationToken);
}

/// <summary>What a node's agent needs of a fragment.</summary>
internal interface IFragment : IAsyncDisposable
{
    /// <summary>Completes when every source has ended and every result is written; fails with the first stage that fails.</summary>
    Task Completion { get; }

    /// <summary>The last meters of what ran here before and has ended; null if nothing did, or if this takes its place while elements flow.</summary>
    FragmentReport? Predecessor { get; }

    /// <summary>The outputs whose sinks cannot move while elements flow: what they wrote since the last snapshot would stand, and come again after a crash.</summary>
    ImmutableArray<OperatorId> Staying { get; }

    /// <summary>Live sources that give again what they had given since the snapshot that this goes on from.</summary>
    ImmutableArray<SourceId> Recalled { get; }

    /// <summary>Lets elements flow. Called once.</summary>
    /// <remarks>Where it takes the place of another, that ends at the switch and hands over; elements flow here as what they need has come.</remarks>
    void Start();

    /// <summary>After <see cref="Start"/>: ends when the fragment whose place it takes is drained and has handed over all; fails if it could not.</summary>
    Task TakenOver { get; }

    /// <summary>Reads no more from its sources. Called at most once, after <see cref="Start"/>.</summary>
    void Drain();

    /// <summary>Reads no more of these sources until they are not among them any more, and reads the others: a camera that is held up is let go of, a file goes on from where it was. Joins do not wait for them.</summary>
    /// <param name="sources">Those that are held up.</param>
    /// <param name="starts">Of the others, where those go on that another version has read meanwhile; one that is not held up yet goes on the next time it is asked.</param>
    void Hold(ImmutableArray<SourceId> sources, ImmutableArray<SourceStart> starts);

    /// <summary>Stops at once, started or not, also after it has completed. <see cref="Completion"/> then ends, in whatever way.</summary>
    void Abort();

    /// <summary>Takes this worker's part of a snapshot and stores it. After <see cref="Start"/>, also after it has completed.</summary>
    /// <returns>Cancelled if a newer snapshot came first or the fragment ended before its time.</returns>
    /// <exception cref="SnapshotException">Something could not be stored; elements flow on.</exception>
    Task<SnapshotReceipt> SnapshotAsync(long snapshot, CancellationToken cancellationToken);

    /// <summary>A snapshot is complete: sinks commit it, and what lies behind it is forgotten.</summary>
    /// <exception cref="Workflows.Outputs.SinkException">A sink could not; it is asked again.</exception>
    /// <exception cref="SnapshotException">It could not be written; it is asked again.</exception>
    Task CommitAsync(SnapshotManifest complete, CancellationToken cancellationToken);

    /// <summary>Changes in place what its operators run and its sources let in, while elements flow. One call at a time.</summary>
    /// <returns>What came of each operator that it runs.</returns>
    Task<ImmutableArray<AdjustOutcome>> AdjustAsync(Adjustment adjustment, CancellationToken cancellationToken);

    /// <summary>What the meters show; once it is disposed, what they showed last.</summary>
    FragmentReport Report();
}
