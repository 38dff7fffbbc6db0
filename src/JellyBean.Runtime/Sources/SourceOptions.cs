using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Sources;

/// <summary>How a source is read.</summary>
internal sealed record SourceOptions
{
    /// <summary>What happens when the workflow is slower than the source.</summary>
    public Overload Overload { get; init; } = Overload.Block;

    /// <summary>How far its event times may run backwards.</summary>
    public TimeSpan AllowedLateness { get; init; }

    /// <summary>After how long without an element a live source stops holding back event time.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether nobody waits for its event time until it gives something: it comes to a run that goes on, or is live and was silent before.</summary>
    public bool BeginsIdle { get; init; }

    /// <summary>The first number to read; those before were read under an earlier plan.</summary>
    public long From { get; init; }

    /// <summary>Where it goes on that another version has read meanwhile; null if none has.</summary>
    public SourceStart? Start { get; init; }

    /// <summary>The number from which on what it offers counts.</summary>
    public long First => Start is { } start && SourceNumbers.FirstBefore(start.Number) == SourceNumbers.FirstBefore(From) ? start.First : SourceNumbers.FirstBefore(From);

    /// <summary>How many of those before were dropped.</summary>
    public long Dropped { get; init; }

    /// <summary>Of those dropped, how many because the overload policy takes only so many per second.</summary>
    public long Sampled { get; init; }

    /// <summary>Of those dropped, how many because less was let in than was offered.</summary>
    public long Shed { get; init; }

    /// <summary>Where sampling goes on.</summary>
    public double Tokens { get; init; } = RateLimit.Full;

    /// <summary>The latest event time of those before, UTC ticks.</summary>
    public long Reached { get; init; } = long.MinValue;

    /// <summary>Whether it is a live source that gives again, out of its recording, what it had given since the snapshot that the run goes on from.</summary>
    public bool IsRecalled { get; init; }

    /// <summary>Goes on where a snapshot says that a source had been read to.</summary>
    /// <param name="state">How far.</param>
    /// <param name="isReplayable">A live source cannot give again what it had offered, unless it was recorded; its numbers are taken all the same.</param>
    public SourceOptions GoOn(SourceState state, bool isReplayable)
    {
        var from = Math.Max(isReplayable ? state.Number + 1 : Math.Max(From, state.Offered), Start?.Number ?? 0);

        // What was dropped counts with the numbers that it had: those behind the last that was admitted, too, if they are not read again.
        var isSameBlock = SourceNumbers.FirstBefore(from) == SourceNumbers.FirstBefore(state.Offered);
        var dropped = isReplayable ? state.Dropped : isSameBlock ? state.Dropped + from - state.Number - 1 : 0;
        var (sampled, shed) = isReplayable || isSameBlock ? (state.Sampled, state.Shed) : (0, 0);
        return this with { From = from, Dropped = dropped, Sampled = sampled, Shed = shed, Tokens = state.Tokens, Reached = state.Reached, BeginsIdle = state.IsIdle && !isReplayable };
    }
}
