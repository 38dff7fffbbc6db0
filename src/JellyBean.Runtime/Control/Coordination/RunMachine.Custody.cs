using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Sources that another version of the workflow reads, or has read: given when it asks for them, taken back when it gives them back.</summary>
/// <remarks>What is written down decides. A source is held up from the moment it is to be given, and read again only once that is written down, so whoever coordinates next reads nothing twice.</remarks>
internal sealed partial class RunMachine
{
    /// <summary>The sources that are not read now.</summary>
    private static ImmutableSortedSet<SourceId> HeldUp(RunState state) =>
        [.. state.ByHand.Orders.Sources.Paused, .. state.Custody.Away.Keys, .. state.Kept.Away.Keys];

    /// <summary>Where those go on of a node's sources that another version has read.</summary>
    private static ImmutableArray<SourceStart> StartsOf(RunState state, IEnumerable<SourceId> sources) => [.. sources.Select(s => state.Custody.From.GetValueOrDefault(s)).OfType<SourceStart>()];

    private static HoldSources HoldOf(RunState state, IEnumerable<SourceId> sources)
    {
        var (held, all) = (HeldUp(state), sources.ToImmutableArray());
        return new HoldSources(state.Run!.Epoch, [.. all.Where(held.Contains)]) { Starts = StartsOf(state, all.Where(s => !held.Contains(s))) };
    }

    /// <summary>Another version of the workflow takes this one's place, and says what this one is to read.</summary>
    private static RunStep OnVersionAsked(RunState state, AskVersion ask, TimeSpan now)
    {
        // One that has ended reads nothing, and one that takes over itself gives nothing away.
        var custody = state.Custody;
        if (state is { Run: { } run, Upgrade: null, Phase: not RunPhase.Stopping })
        {
            custody = custody.Give(ask.Away.Where(s => !custody.IsAway(s)), ask.By);

            // Where one goes on is counted from what was read of it here: right after another coordinator has begun, nodes have not told that yet.
            foreach (var source in HasHeardAll(run) ? custody.Away.Where(a => a.Value == ask.By && !ask.Away.Contains(a.Key)).Select(a => a.Key) : [])
            {
                var at = ask.Back.Where(b => b.Source == source).Select(b => b.Number).DefaultIfEmpty(-1).Max();
                custody = at < 0 ? custody.Keep(source) : custody.Take(new SourceStart(source, at, at - OfferedOf(run, source)));
            }
        }

        var step = Entrusted(state, custody, ask.LastEpoch);
        if (ask.Retires && step.State is { Phase: RunPhase.Running, Run: { IsDraining: false, Plan: { } plan } } && plan.Sources.All(s => custody.IsAway(s.Source)))
        {
            var drained = OnDrain(step.State, now);
            step = new(drained.State, [.. step.Effects, .. drained.Effects]);
        }

        return step with { Effects = step.Effects.Add(new RunEffect.TellVersion(Of(step.State, ask))) };
    }

    /// <summary>Remembers who reads what, and tells nodes at once what they are to read no more; the rest once it is written down.</summary>
    private static RunStep Entrusted(RunState state, Custody custody, long lastEpoch)
    {
        var isSame = custody.Equals(state.Custody);
        state = state with { Custody = custody, LastEpoch = Math.Max(state.LastEpoch, lastEpoch) };
        if (isSame)
        {
            return Nothing(state);
        }

        if (state.Run is { } run)
        {
            state = state with { Run = run with { Parked = run.Parked.RemoveRange(run.Parked.Keys.Where(s => !custody.IsAway(s))) } };
        }

        return new(state, [.. Holds(state), RecordOf(state)]);
    }

    /// <summary>Who reads what is written down.</summary>
    private static RunStep WithCustody(RunStep step)
    {
        var state = step.State;
        if (state.Kept.Equals(state.Custody))
        {
            return step;
        }

        state = state with { Kept = state.Custody };
        return new(state, [.. step.Effects, .. Holds(state)]);
    }

    private static IEnumerable<RunEffect> Holds(RunState state) => state is { Phase: RunPhase.Running or RunPhase.Moving, Run: { } run }
        ? run.Parts.Where(p => p.Value.Report is { Sources.IsEmpty: false } report && report.Epoch == run.Epoch)
            .Select(p => new RunEffect.Send(p.Key, HoldOf(state, p.Value.Report!.Sources.Select(s => s.Source))))
        : [];

    private static VersionIs Of(RunState state, AskVersion ask)
    {
        ImmutableSortedSet<SourceId> away = [.. state.Kept.Away.Where(a => a.Value == ask.By && state.Custody.IsAway(a.Key)).Select(a => a.Key)];
        return new VersionIs(ask.Turn, state.Phase, state.LastEpoch)
        {
            Orders = state.ByHand.Orders.Sources,
            Sources = state.Run?.Plan is { } plan ? [.. plan.Sources.Select(s => s.Source).Order()] : [],
            Away = state.Run is null ? ask.Away : away,
            IsWritten = state.Kept.Equals(state.Custody),
            Parked = state.Run is { } run
                ? run.Parked.Where(p => p.Value.IsSafe && away.Contains(p.Key)).ToImmutableSortedDictionary()
                : ParkedIn(state.Ended?.Report?.Fragments ?? []),
        };
    }

    /// <summary>How far the sources had come of a run that has ended.</summary>
    private static ImmutableSortedDictionary<SourceId, ParkedSource> ParkedIn(IEnumerable<FragmentReport> fragments) =>
        (from fragment in fragments
         from source in fragment.Sources
         group source by source.Source into same
         let last = same.MaxBy(s => s.First + s.Offered)
         select last).ToImmutableSortedDictionary(s => s.Source, s => new ParkedSource(s.First + s.Offered, s.IsLive) { IsSafe = true });

    /// <summary>A report shows which sources have come to rest.</summary>
    private Run Park(RunState state, Run run, FragmentReport report)
    {
        foreach (var source in report.Sources.Where(s => state.Custody.IsAway(s.Source)))
        {
            var (next, known) = (source.First + source.Offered, run.Parked.GetValueOrDefault(source.Source));
            if (!(source.IsPaused || source.Ended) || source.Waiting > 0)
            {
                run = run with { Parked = run.Parked.Remove(source.Source) };
            }
            else if (known?.Number != next)
            {
                // What a live source had given does not come again whatever happens; of others, a snapshot must hold it.
                run = run with { Parked = run.Parked.SetItem(source.Source, new ParkedSource(next, source.IsLive) { IsSafe = source.IsLive || Options.Snapshots is null }) };
            }
        }

        return run;
    }

    private static RunStep OnSnapshotBegan(RunState state, long snapshot) => Nothing(state.Run is not { } run ? state : state with
    {
        Run = run with { Parked = run.Parked.ToImmutableSortedDictionary(p => p.Key, p => p.Value.Snapshot is null ? p.Value with { Snapshot = snapshot } : p.Value) },
    });

    private static Run Secured(Run run, long snapshot) => run with
    {
        Parked = run.Parked.ToImmutableSortedDictionary(p => p.Key, p => p.Value.Snapshot <= snapshot ? p.Value with { IsSafe = true } : p.Value),
    };

    /// <summary>Asks for a snapshot where somebody waits for one, and for the other version where only that knows what becomes of sources.</summary>
    private static ImmutableArray<RunEffect> Attended(RunState state) => state.Run is not { } run || state.Custody.Away.IsEmpty ? [] :
    [
        .. run.Parked.Values.Any(p => p is { IsSafe: false, Snapshot: null }) ? new RunEffect[] { new RunEffect.WantSnapshot() } : [],
        .. state.Upgrade is null ? state.Custody.Away.Values.Distinct().Select(v => new RunEffect.CallVersion(v, null)) : [],
    ];

    private static bool HasHeardAll(Run run) => run.Parts.Values.All(p => p.Report is not null);

    private static long OfferedOf(Run run, SourceId source) =>
        run.Parts.Values.Select(p => p.Report).OfType<FragmentReport>().SelectMany(r => r.Sources).Where(s => s.Source == source).Select(s => s.Offered).DefaultIfEmpty(0).Max();
}
