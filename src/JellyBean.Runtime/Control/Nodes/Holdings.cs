using System.Collections.Immutable;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>What a node has of plans, and what it may do with it. A value: whoever keeps it does what comes of a step.</summary>
/// <remarks>Epochs only grow: what is not above the highest that was ever accepted or stopped here is refused.</remarks>
/// <typeparam name="T">How the node keeps its part of a plan.</typeparam>
internal sealed record Holdings<T>
    where T : class, IHeld
{
    /// <summary>The highest epoch that was accepted or stopped; 0 before the first.</summary>
    public long LastEpoch { get; init; }

    /// <summary>What is deployed; null if nothing is.</summary>
    public T? Current { get; init; }

    /// <summary>What is prepared to take its place; null if nothing is.</summary>
    public T? Next { get; init; }

    /// <summary>What ran before the current one, while it drains and hands over; null if nothing does.</summary>
    public T? Former { get; init; }

    /// <summary>The plan of an epoch, if it came before.</summary>
    public T? Known(long epoch) => Current?.Epoch == epoch ? Current : Next?.Epoch == epoch ? Next : null;

    /// <summary>Why a plan may not be taken; null if it may.</summary>
    public string? Objection(long epoch) => epoch > LastEpoch ? null : $"Its epoch {epoch} is not above {LastEpoch}, which was in force here before.";

    /// <summary>Why a plan cannot be prepared beside another; null if it can.</summary>
    /// <param name="former">The epoch of the other.</param>
    /// <param name="hasPart">Whether that gives this node something to do.</param>
    public string? ObjectionBeside(long former, bool hasPart)
    {
        var runs = Current is { IsStarted: true, IsReady: true } current && current.Epoch == former;
        return runs || (!hasPart && Current is null)
            ? null
            : $"Epoch {former}, whose place it is to take, does not run here as its plan says: {(Current is { } other ? $"epoch {other.Epoch} is deployed" : "nothing does")}.";
    }

    /// <summary>Whether what is prepared can take over.</summary>
    public bool CanTakeOver(long epoch) => Next is { IsReady: true } next && next.Epoch == epoch;

    /// <summary>Nothing is left.</summary>
    public HoldingsStep<T> Clear() => new(this with { Current = null, Next = null, Former = null }, Of(Next, Former, Current));

    /// <summary>Nothing is prepared any more.</summary>
    public HoldingsStep<T> ClearNext() => new(this with { Next = null }, Of(Next));

    /// <summary>A plan is deployed where nothing is left of others.</summary>
    public Holdings<T> Deploy(T what) => Accept(what) with { Current = what };

    /// <summary>A plan is prepared beside the one in force.</summary>
    public Holdings<T> Prepare(T what) => Accept(what) with { Next = what };

    /// <summary>What is prepared takes the place of what is in force.</summary>
    public Holdings<T> TakeOver() => this with { Former = Current, Current = Next, Next = null };

    /// <summary>What was taken over has drained and handed over all.</summary>
    public HoldingsStep<T> Release(T former) => Former == former ? new(this with { Former = null }, [former]) : new(this, []);

    /// <summary>A plan will not come into force.</summary>
    public HoldingsStep<T> Abandon(long epoch) => Next?.Epoch == epoch ? ClearNext() : new(this, []);

    /// <summary>An epoch is over, and all before it.</summary>
    public HoldingsStep<T> Stop(long epoch)
    {
        var fenced = this with { LastEpoch = Math.Max(LastEpoch, epoch) };

        // What was to take its place has nothing to begin with any more.
        return Current is null || Current.Epoch <= epoch ? fenced.Clear() : new(fenced, []);
    }

    private Holdings<T> Accept(T what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(what.Epoch, LastEpoch);
        return this with { LastEpoch = what.Epoch };
    }

    private static ImmutableArray<T> Of(params ReadOnlySpan<T?> all) => [.. all.ToArray().OfType<T>()];
}

/// <summary>What a node has after a step.</summary>
/// <param name="Next">That.</param>
/// <param name="Ended">What is to be let go, in this order.</param>
internal readonly record struct HoldingsStep<T>(Holdings<T> Next, ImmutableArray<T> Ended)
    where T : class, IHeld;
