namespace JellyBean.Workflows.Outputs;

/// <summary>A sink that holds each result once even after a crash: it can go back to a snapshot, from which the engine then goes on.</summary>
/// <remarks>
/// The engine takes snapshots, numbered from 1, of everything that the workflow holds. At its place among the results it asks for a pre-commit; once the snapshot is stored
/// as a whole, for the commit. After a crash the sink is not opened but resumed at the last snapshot that was complete, whether or not it had heard of that, and the results
/// behind it come again. Whether results show before they are committed is the sink's choice to make and to tell.
/// </remarks>
/// <typeparam name="T">What a result carries.</typeparam>
public interface ITransactionalSink<T> : ISink<T>
    where T : notnull
{
    /// <summary>Opens the sink to go on with a run: fences its writer under older epochs, commits the snapshot to go on from, and takes back what was written behind it.</summary>
    /// <param name="epoch">The epoch in force.</param>
    /// <param name="snapshot">A snapshot that it has pre-committed; null to keep all that is there, because a source of the run is live and cannot give it again, or because there is no snapshot yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SinkException">It cannot be opened, knows nothing of the snapshot, or an epoch newer than <paramref name="epoch"/> already writes.</exception>
    new Task ResumeAsync(long epoch, long? snapshot, CancellationToken cancellationToken);

    /// <summary>Makes what was written so far safe from a crash, as part of a snapshot that may or may not become complete.</summary>
    /// <param name="snapshot">Above all before it. A number comes again if the run went back behind it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SinkException">It could not; the snapshot is given up, and the run goes on.</exception>
    Task PreCommitAsync(long snapshot, CancellationToken cancellationToken);

    /// <summary>A snapshot is complete: what was written before its pre-commit stands for good. May be asked again, and not for each snapshot that was pre-committed.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SinkException">It could not; it is asked again, at the next snapshot at the latest.</exception>
    Task CommitAsync(long snapshot, CancellationToken cancellationToken);
}
