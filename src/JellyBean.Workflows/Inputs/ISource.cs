namespace JellyBean.Workflows.Inputs;

/// <summary>One source of an input: a file, a camera, a queue.</summary>
/// <typeparam name="T">What an element carries.</typeparam>
public interface ISource<T> : IAsyncDisposable
    where T : notnull
{
    /// <summary>The source's name, unique within its input.</summary>
    string Name { get; }

    /// <summary>Whether reading again from a number gives the same elements again.</summary>
    bool IsReplayable { get; }

    /// <summary>Elements per second that it offers, if it knows; the planner's arrival rate.</summary>
    double? NominalRate { get; }

    /// <summary>What it has done so far, over all readings: shown as the source's useful time and the damage that it met.</summary>
    /// <value>Nothing unless a source measures it. Asked after each element and at the end, from the thread that reads.</value>
    SourceWork Work => default;

    /// <summary>How it is doing, for sources that lose what they read and find it again; null for others.</summary>
    /// <value>Asked at any time, from any thread.</value>
    SourceHealth? Health => null;

    /// <summary>The pace that it keeps to by itself, as a recording does that is replayed as it was taken, and how far it is behind; null where it gives what is taken.</summary>
    /// <value>Asked at any time, from any thread. Where it waits under overload, it may be followed for it (<c>jellybean.adaptation.follow-paced</c>).</value>
    SourcePace? Pace => null;

    /// <summary>How many elements it has, from the first to its end; null where it cannot tell without giving them, as live sources never can.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceException">It cannot be read.</exception>
    Task<long?> CountAsync(CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <summary>Whether everything that was ever given from a number on can be given again, the same: of a live source, because it was recorded.</summary>
    /// <param name="from">The number of the first element.</param>
    /// <value><see cref="IsReplayable"/> unless a source knows better. Asked before the first reading, by a run that goes on after a crash, which then reads from there.</value>
    bool CanReadAgain(long from) => IsReplayable;

    /// <summary>Finds out whether it can be read where it is, as far as that can be told without giving anything.</summary>
    /// <remarks>
    /// Asked of a node that is to begin reading it while the workflow runs, before anything changes: what it throws refuses the change. Sources that may be away for now, as cameras
    /// are, have nothing to say.
    /// </remarks>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceException">It cannot be read; the message says why and what to do.</exception>
    Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads the source's elements in their order.</summary>
    /// <param name="from">The number of the first element to give, from 0. Live sources, which cannot go back, start with what is next and number it so.</param>
    /// <param name="cancellationToken">Ends the reading; what was given stays given.</param>
    /// <exception cref="SourceException">The source cannot be read at all; the message says why and what to do.</exception>
    IAsyncEnumerable<SourceItem<T>> ReadAsync(long from, CancellationToken cancellationToken);
}
