using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Snapshots;

/// <summary>What came of an event.</summary>
internal readonly record struct SnapshotStep(SnapshotState State, ImmutableArray<SnapshotEffect> Effects);

/// <summary>When snapshots are taken, complete, committed and given up. Pure; time is handed in and never runs backwards.</summary>
/// <remarks>
/// A snapshot is complete when every worker has stored its part, its sinks pre-committed, and the manifest that says so is written: only then are sinks told to
/// commit. Numbers are never used twice under a plan. Messages may be lost, doubled or late: what waits for an answer is sent again.
/// </remarks>
internal sealed class SnapshotMachine(SnapshotOptions options, TimeSpan resendAfter)
{
    public SnapshotStep Next(SnapshotState state, SnapshotEvent occurred, TimeSpan now) => occurred switch
    {
        SnapshotEvent.Started e => Begin(new SnapshotState { Epoch = e.Epoch, Workers = e.Workers, Last = e.From, Highest = Math.Max(e.From, state.Highest) }, now),
        SnapshotEvent.Stopped => new(new SnapshotState { Last = state.Last, LastParts = state.LastParts, Highest = state.Highest }, []),
        _ when state.Epoch == 0 => Nothing(state),
        SnapshotEvent.Completed => state.IsFinal ? Nothing(state) : Begin(state with { IsFinal = true }, now),
        SnapshotEvent.Wanted => new(state with { IsWanted = true }, []),
        SnapshotEvent.PartStored e => OnStored(state, e),
        SnapshotEvent.PartFailed e => e.Epoch == state.Epoch && e.Snapshot == state.Taking ? GiveUp(state, $"Node '{e.Worker}': {e.Reason}") : Nothing(state),
        SnapshotEvent.Kept e => e.Snapshot == state.Taking ? OnKept(state, now) : Nothing(state),
        SnapshotEvent.NotKept e => e.Snapshot == state.Taking ? GiveUp(state, e.Reason) : Nothing(state),
        SnapshotEvent.Committed e => OnCommitted(state, e),
        SnapshotEvent.Tick => OnTick(state, now),
        _ => throw new ArgumentOutOfRangeException(nameof(occurred)),
    };

    private static SnapshotStep Nothing(SnapshotState state) => new(state, []);

    private static SnapshotStep Begin(SnapshotState state, TimeSpan now)
    {
        var snapshot = state.Highest + 1;
        state = state with { Taking = snapshot, Highest = snapshot, IsWanted = false, Parts = state.Parts.Clear(), BeganAt = now, SentAt = now };
        return new(state, [.. Asked(state)]);
    }

    private static SnapshotStep OnStored(SnapshotState state, SnapshotEvent.PartStored e)
    {
        if (e.Epoch != state.Epoch || e.Receipt.Snapshot != state.Taking || state.IsWhole || !state.Workers.Contains(e.Worker))
        {
            return Nothing(state);
        }

        state = state with { Parts = state.Parts.SetItem(e.Worker, e.Receipt) };
        return state.IsWhole
            ? new(state, [new SnapshotEffect.Keep(state.Epoch, state.Taking, [.. state.Parts.Values])])
            : Nothing(state);
    }

    private static SnapshotStep OnKept(SnapshotState state, TimeSpan now)
    {
        var done = new SnapshotEffect.Done(state.Taking, state.Parts.Values.Sum(p => p.Bytes), now - state.BeganAt);
        state = state with { Last = state.Taking, LastParts = [.. state.Parts.Values], Taking = 0, Uncommitted = state.Workers, SentAt = now };
        return new(state, [done, .. Uncommitted(state)]);
    }

    private static SnapshotStep OnCommitted(SnapshotState state, SnapshotEvent.Committed e)
    {
        if (e.Epoch != state.Epoch || e.Snapshot != state.Last)
        {
            return Nothing(state);
        }

        state = state with { Uncommitted = state.Uncommitted.Remove(e.Worker) };
        return state is { IsFinal: true, IsOver: false, Taking: 0, Uncommitted.IsEmpty: true } ? End(state) : Nothing(state);
    }

    private SnapshotStep OnTick(SnapshotState state, TimeSpan now)
    {
        if (state.IsOver)
        {
            return Nothing(state);
        }

        var since = now - state.BeganAt;
        if (since >= options.Deadline && (state.Taking > 0 || state.IsFinal))
        {
            var missing = string.Join(", ", state.Taking > 0 ? state.Workers.Except(state.Parts.Keys) : state.Uncommitted);
            return GiveUp(state, $"It was not done within {options.Deadline}; these nodes did not answer: {missing}.");
        }

        if (state is { Taking: 0, IsFinal: false } && (since >= options.Every || state.IsWanted))
        {
            var step = Begin(state, now);
            return new(step.State, [.. Uncommitted(state), .. step.Effects]);
        }

        if (now - state.SentAt < resendAfter)
        {
            return Nothing(state);
        }

        return new(state with { SentAt = now }, [.. Uncommitted(state), .. Asked(state)]);
    }

    private static SnapshotStep GiveUp(SnapshotState state, string reason)
    {
        var given = new SnapshotEffect.GivenUp(state.Taking > 0 ? state.Taking : state.Last, reason);
        state = state with { Taking = 0, Parts = state.Parts.Clear() };
        if (!state.IsFinal)
        {
            return new(state, [given]);
        }

        var end = End(state);
        return new(end.State, [given, .. end.Effects]);
    }

    private static SnapshotStep End(SnapshotState state) => new(state with { IsOver = true }, [new SnapshotEffect.Over()]);

    private static IEnumerable<SnapshotEffect> Asked(SnapshotState state) => state.Taking == 0
        ? []
        : state.Workers.Except(state.Parts.Keys).Select(worker => new SnapshotEffect.Take(worker, state.Epoch, state.Taking));

    private static IEnumerable<SnapshotEffect> Uncommitted(SnapshotState state) =>
        state.Uncommitted.Select(worker => new SnapshotEffect.Commit(worker, state.Epoch, state.Last, state.LastParts));
}
