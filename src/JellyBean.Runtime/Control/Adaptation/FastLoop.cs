using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Ladders;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>Decides what runs in place, from what is measured: which rung of the plan's ladder, and what sources let in. Pure; time is handed in. No solver.</summary>
/// <remarks>
/// Its authority is bounded: between the plan's own rung and the fastest, all of which meet every accuracy floor; and less is let in only once the fastest runs.
/// It goes down as soon as twice in a row more is demanded than the rung can take (offered, and what waits to be worked off within <see cref="WorkOff"/>), to the most accurate rung that can;
/// and up, or to letting in more, only when that would have done all through <see cref="AdaptationOptions.CalmFor"/>. Between the two lies what a plan leaves free, so that what runs at its plan's limit
/// stays. A step up that does not last doubles the calm that the next one needs.
/// Capacities are the plan's, which come from profiles, corrected downwards by what machines are measured to do.
/// </remarks>
internal sealed class FastLoop(AdaptationOptions options)
{
    /// <summary>In how long what waits should be worked off.</summary>
    public static readonly TimeSpan WorkOff = TimeSpan.FromSeconds(2);

    /// <summary>A rung's capacity leaves a fifth of the busiest machine free, unless planned otherwise; this multiple of it keeps 95 % busy, and queues grow.</summary>
    private const double Saturation = 0.95 / Utilisation;
    private const double Utilisation = 0.8;

    // Rates and capacities are never measured exactly: a rung that was planned for a rate is good for it when so much more is measured.
    private const double Measured = 1.05;

    // What is let in keeps the busiest machine this multiple of its planned limit busy: nearly all, but no queues.
    private const double LetInShare = 0.9 / Utilisation;

    // A measured capacity counts only where the machine has enough to do to show it.
    private const double LeastBusy = 0.4;
    private const double LeastCorrection = 0.25;
    private const int MostDoublings = 4;

    // A step up has lasted if nothing had to be taken back for so many times the calm before it.
    private const int Lasting = 10;

    private static readonly TimeSpan CorrectionHalfLife = TimeSpan.FromSeconds(10);

    // After a step, what waits from before it does not count, until it had time to be worked off.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    public FastStep Next(FastState state, LoadMeasurement seen, TimeSpan now)
    {
        state = Observed(state, seen, now);
        var demand = seen.Load + (state.SteppedAt is { } at && now - at < Settle ? 0 : seen.Backlog / WorkOff);
        var isWaiting = seen.Oldest >= options.MostWait && seen.Busy >= 0.9 && seen.Load > 0;
        var isOver = demand > Saturation * state.CapacityOf(state.Current) || (isWaiting && demand > state.CapacityOf(state.Current));
        state = state with { Over = isOver ? state.Over + 1 : 0 };
        var best = BestFor(state, demand);
        var (mustLeave, fastest) = (!state.IsUsable(state.Current), Fastest(state));
        if (options.MaySwap && best != state.Rung && (mustLeave || (state.Over >= 2 && Faster(state, best))))
        {
            return Step(state, best, seen, now, mustLeave ? "What should run could not be loaded." : Text($"{seen.Load:0.00} times the planned rates arrive and {seen.Backlog.TotalSeconds:0.0} s of them wait; what runs can take {state.CapacityOf(state.Current):0.00}."));
        }

        var calm = Calm(state, seen, now);
        if (calm.Decision is not null)
        {
            return calm;
        }

        state = calm.State;
        if (state.LetIn is { } letIn)
        {
            return LetInStep(state, letIn, seen, now);
        }

        if (options.MayShed && seen.CanShed && state.Over >= 2 && (state.Rung == fastest || !options.MaySwap) && seen.Load > Saturation * state.CapacityOf(state.Current))
        {
            return Shed(state, seen, now, Text($"{seen.Load:0.00} times the planned rates arrive; the fastest variants that meet every floor can take {state.CapacityOf(state.Current):0.00}."));
        }

        return new(state, null);
    }

    /// <summary>What is to be loaded besides what runs.</summary>
    public static FastStep Prepare(FastState state, LoadMeasurement seen, TimeSpan now) =>
        Decided(state, AdaptationAction.Prepare, state.Current, seen, now, "Variants that may be needed soon are loaded as far as there is memory.");

    private static FastState Observed(FastState state, LoadMeasurement seen, TimeSpan now)
    {
        var elapsed = now - (state.MeasuredAt ?? now);
        state = state with { MeasuredAt = now };

        // While rates still come in part from before a step, they tell nothing of what runs now.
        if (seen.Busy < LeastBusy || seen.Taken <= 0 || (state.SteppedAt is { } at && now - at < 2 * Settle))
        {
            return state;
        }

        var measured = Math.Clamp(seen.Taken * Utilisation / seen.Busy / state.Current.Capacity, LeastCorrection, 1);
        var weight = 1 - Math.Pow(2, -(elapsed / CorrectionHalfLife));
        return state with { Correction = state.Correction + ((measured - state.Correction) * weight) };
    }

    /// <summary>The most accurate rung that can take so much; the fastest where none can.</summary>
    private static int BestFor(FastState state, double demand)
    {
        for (var i = 0; i < state.Rungs.Length; i++)
        {
            if (state.IsUsable(state.Rungs[i]) && state.CapacityOf(state.Rungs[i]) >= demand)
            {
                return i;
            }
        }

        return Fastest(state);
    }

    private static int Fastest(FastState state) =>
        Enumerable.Range(0, state.Rungs.Length).Where(i => state.IsUsable(state.Rungs[i])).DefaultIfEmpty(state.Rung).MaxBy(i => state.Rungs[i].Capacity);

    private static bool Faster(FastState state, int rung) => state.Rungs[rung].Capacity > state.Current.Capacity;

    private FastStep LetInStep(FastState state, double letIn, LoadMeasurement seen, TimeSpan now)
    {
        var capacity = LetInShare * state.CapacityOf(state.Current);
        if (seen.Load > 0.95 * capacity)
        {
            state = state with { RoomSince = null };

            // Small changes are not worth a message.
            return Math.Abs(capacity - letIn) > 0.15 * letIn
                ? Shed(state, seen, now, Text($"{seen.Load:0.00} times the planned rates arrive; what runs is measured to take {state.CapacityOf(state.Current):0.00}."))
                : new(state, null);
        }

        state = state with { RoomSince = state.RoomSince ?? now };
        return now - state.RoomSince < state.CalmFor
            ? new(state, null)
            : Decided(state with { LetIn = null, RoomSince = null, UpAt = now }, AdaptationAction.LetIn, state.Current, seen, now, Text($"For {state.CalmFor.TotalSeconds:0} s no more has arrived than what runs can take; now it is {seen.Load:0.00} times the planned rates."));
    }

    private FastStep Shed(FastState state, LoadMeasurement seen, TimeSpan now, string reason) => Decided(
        state with { LetIn = LetInShare * state.CapacityOf(state.Current), Over = 0, RoomSince = null, CalmSince = null, CalmFor = CalmAfter(state, now) },
        AdaptationAction.Shed,
        state.Current,
        seen,
        now,
        reason);

    /// <summary>How long calm must last the next time: twice as long if what came of the last one did not last.</summary>
    private TimeSpan CalmAfter(FastState state, TimeSpan now) =>
        state.UpAt is { } up && now - up < Lasting * options.CalmFor && state.CalmFor < options.CalmFor * (1 << MostDoublings) ? state.CalmFor * 2 : state.CalmFor;

    /// <summary>Steps up once a better rung would have done for long enough.</summary>
    private FastStep Calm(FastState state, LoadMeasurement seen, TimeSpan now)
    {
        // A rung that lasts has earned the trust that one before it had lost.
        state = state is { UpAt: { } up, Rung: 0, LetIn: null } && now - up >= Lasting * options.CalmFor
            ? state with { CalmFor = options.CalmFor, UpAt = null }
            : state;
        var best = BestFor(state, seen.Load / Measured);
        if (best >= state.Rung || !options.MaySwap)
        {
            return new(state with { CalmSince = null }, null);
        }

        // Where less and less arrives, calm begins when it is least.
        var begins = state.CalmSince is not { } since || (best < state.CalmRung && now - since <= options.Window + Settle);
        state = begins ? state with { CalmSince = now, CalmRung = best } : state with { CalmRung = Math.Max(state.CalmRung, best) };
        return now - state.CalmSince >= state.CalmFor
            ? Step(state, state.CalmRung, seen, now, Text($"For {state.CalmFor.TotalSeconds:0} s no more has arrived than more accurate variants can take; now it is {seen.Load:0.00} times the planned rates."))
            : options.StepsUpOnDrift && seen.HasDrifted && now - state.CalmSince >= options.CalmFor / Lasting
            ? Step(state, state.CalmRung, seen, now, Text($"What is watched has drifted, and more accurate variants can take the {seen.Load:0.00} times the planned rates that arrive."))
            : new(state, null);
    }

    private FastStep Step(FastState state, int rung, LoadMeasurement seen, TimeSpan now, string reason)
    {
        var (from, isUp) = (state.Current, rung < state.Rung);
        state = state with
        {
            Rung = rung,
            Over = 0,
            CalmSince = null,
            LetIn = null,
            RoomSince = null,
            SteppedAt = now,
            UpAt = isUp ? now : state.UpAt,
            CalmFor = isUp ? state.CalmFor : CalmAfter(state, now),
        };
        return Decided(state, isUp ? AdaptationAction.StepUp : AdaptationAction.StepDown, from, seen, now, reason);
    }

    /// <summary>People have chosen other variants: the most accurate rung with them that can take what arrives.</summary>
    /// <param name="state">Before.</param>
    /// <param name="chosen">What holds now; at least one rung of the plan has it.</param>
    /// <param name="seen">What is measured.</param>
    /// <param name="now">Now.</param>
    public static FastStep Choose(FastState state, ImmutableSortedDictionary<OperatorId, string> chosen, LoadMeasurement seen, TimeSpan now)
    {
        // What could not be loaded before may be mended by now.
        var from = state.Current;
        var next = state with { Chosen = chosen, Rungs = FastState.RungsOf(state.Plan, chosen), Rung = 0, Broken = [], Over = 0, CalmSince = null, LetIn = null, RoomSince = null, SteppedAt = now };
        next = next with { Rung = BestFor(next, Math.Max(1, seen.Load)) };
        return Decided(next, AdaptationAction.ByHand, from, seen, now, chosen.IsEmpty ? "Nobody chooses variants any more." : $"Chosen by hand: {string.Join(", ", chosen.Select(c => $"{c.Key}={c.Value}"))}.");
    }

    private static FastStep Decided(FastState state, AdaptationAction action, LadderRung from, LoadMeasurement seen, TimeSpan now, string reason)
    {
        state = state with { Revision = state.Revision + 1 };
        return new(state, new AdaptationRecord
        {
            At = now,
            Epoch = state.Plan.Epoch,
            Revision = state.Revision,
            Action = action,
            From = Named(from, beside: state.Current),
            To = Named(state.Current, beside: from),
            Reason = reason,
            Measured = seen,
            Capacity = state.CapacityOf(state.Current),
            LetIn = state.LetIn,
        });
    }

    // Where only batches differ, they are what is told.
    private static string Named(LadderRung rung, LadderRung beside) => rung.Variants != beside.Variants || rung.Ways.SequenceEqual(beside.Ways)
        ? rung.Variants
        : string.Join(", ", rung.Ways.Select(w => Text($"{w.Operator}={w.Variant} in batches of {w.BatchSize}")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
