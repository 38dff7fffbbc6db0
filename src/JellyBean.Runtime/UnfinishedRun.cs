using System.Collections.Immutable;
using JellyBean.Runtime.Snapshots;
using JellyBean.Workflows;

namespace JellyBean.Runtime;

/// <summary>A run that did not come to its end, and the snapshot that it can go on from.</summary>
public sealed record UnfinishedRun
{
    private UnfinishedRun(SnapshotManifest manifest, string folder)
    {
        Manifest = manifest;
        Folder = folder;
    }

    /// <summary>The snapshot's number.</summary>
    public long Snapshot => Manifest.Snapshot;

    /// <summary>The epoch in which it was taken.</summary>
    public long Epoch => Manifest.Epoch;

    /// <summary>When it was complete.</summary>
    public DateTimeOffset TakenAt => Manifest.TakenAt;

    /// <summary>The folder that it is in.</summary>
    public string Folder { get; }

    internal SnapshotManifest Manifest { get; }

    /// <summary>Looks for one.</summary>
    /// <param name="folder">Where the run kept its snapshots.</param>
    /// <returns>Null if there is none: no run was begun there, it came to its end, or it had no snapshot yet.</returns>
    /// <exception cref="RunException">It is damaged.</exception>
    public static UnfinishedRun? Find(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        try
        {
            return new SnapshotFolder(folder).Last is { } manifest ? new UnfinishedRun(manifest, folder) : null;
        }
        catch (SnapshotException cause)
        {
            throw new RunException(cause.Message, inner: cause);
        }
    }

    /// <summary>Forgets all snapshots in a folder: the run that kept them there is over, or begins anew.</summary>
    /// <exception cref="RunException">They cannot be removed.</exception>
    public static void Forget(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        try
        {
            new SnapshotFolder(folder).Clear();
        }
        catch (SnapshotException cause)
        {
            throw new RunException(cause.Message, inner: cause);
        }
    }

    /// <summary>Why a workflow with these sources cannot go on with it: what was found, and what was expected. Empty if it can.</summary>
    /// <exception cref="RunException">It is damaged.</exception>
    public async Task<ImmutableArray<string>> ProblemsAsync(WorkflowBindings bindings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        var workflow = bindings.Workflow;
        if (Manifest.Workflow != workflow.Name)
        {
            return [$"The snapshot in '{Folder}' is of workflow '{Manifest.Workflow}', this program runs '{workflow.Name}'."];
        }

        var problems = ImmutableArray.CreateBuilder<string>();
        try
        {
            // The reason behind another fingerprint, where it is this one.
            new RestoredState(await new SnapshotFolder(Folder).ReadAsync(Manifest.Parts, cancellationToken).ConfigureAwait(false)).Check(workflow);
        }
        catch (SnapshotException cause)
        {
            problems.Add(cause.Message);
        }

        if (problems.Count == 0 && Manifest.Fingerprint != workflow.Fingerprint)
        {
            problems.Add($"The snapshot in '{Folder}' is of a workflow with fingerprint {Manifest.Fingerprint}, this program has built one with fingerprint {workflow.Fingerprint}: its code or element types have changed. Go on with the program that wrote it, or begin anew.");
        }

        var sources = bindings.Sources.Keys.Order().ToList();
        if (!sources.SequenceEqual(Manifest.Sources.Order()))
        {
            problems.Add($"The run in '{Folder}' read the sources {string.Join(", ", Manifest.Sources.Order())}; this one would read {string.Join(", ", sources)}. Give the same ones, or begin anew.");
        }

        return problems.DrainToImmutable();
    }

    /// <summary>The live sources that cannot give again what they gave after the snapshot: what had no results by then is lost.</summary>
    /// <param name="bindings">The workflow, with the sources of the run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By name; those that were recorded as far back are not among them.</returns>
    /// <exception cref="RunException">The snapshot is damaged.</exception>
    public async Task<ImmutableArray<SourceId>> NotGivenAgainAsync(WorkflowBindings bindings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bindings);
        RestoredState restored;
        try
        {
            restored = new RestoredState(await new SnapshotFolder(Folder).ReadAsync(Manifest.Parts, cancellationToken).ConfigureAwait(false));
        }
        catch (SnapshotException cause)
        {
            throw new RunException(cause.Message, inner: cause);
        }

        var lost = ImmutableArray.CreateBuilder<SourceId>();
        foreach (var (id, binding) in bindings.Sources.OrderBy(s => s.Key))
        {
            var source = binding.Open();
            await using var owned = source.ConfigureAwait(false);
            if (!source.IsReplayable && !(restored.Of(id) is { } state && source.CanReadAgain(state.Number + 1)))
            {
                lost.Add(id);
            }
        }

        return lost.ToImmutable();
    }
}
