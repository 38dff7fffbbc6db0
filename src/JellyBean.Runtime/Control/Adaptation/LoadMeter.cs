using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>Makes rates of the counts that nodes report: a value, of which each report makes the next. Pure; time is handed in.</summary>
/// <param name="Plan">The plan in force.</param>
/// <param name="Cores">Cores of its workers.</param>
/// <param name="Window">The time over which rates are measured.</param>
/// <param name="FollowsPaced">Whether sources that wait are followed, too, where they have a pace of their own.</param>
internal sealed record LoadMeter(Plan Plan, ImmutableSortedDictionary<WorkerId, double> Cores, TimeSpan Window, bool FollowsPaced = false)
{
    private ImmutableSortedDictionary<WorkerId, ImmutableList<Sample>> Heard { get; init; } = ImmutableSortedDictionary<WorkerId, ImmutableList<Sample>>.Empty;

    /// <summary>The last report of each worker.</summary>
    public IEnumerable<FragmentReport> Latest => Heard.Values.Select(h => h[^1].Report);

    /// <summary>Of each worker, what it reported at the beginning of the time over which rates are measured, and at its end.</summary>
    public IEnumerable<(FragmentReport Before, FragmentReport Now, double Seconds)> Spans =>
        from heard in Heard.Values
        let seconds = (heard[^1].At - heard[0].At).TotalSeconds
        where seconds > 0
        select (heard[0].Report, heard[^1].Report, seconds);

    /// <summary>Takes a report.</summary>
    public LoadMeter Hear(FragmentReport report, TimeSpan now)
    {
        var before = Heard.GetValueOrDefault(report.Worker, []);

        // The last one that is older than the window stays: rates are over at least as long.
        var old = before.Count(s => now - s.At >= Window) - 1;
        return this with { Heard = Heard.SetItem(report.Worker, (old > 0 ? before.RemoveRange(0, old) : before).Add(new Sample(now, report))) };
    }

    /// <summary>What is known now; null before every worker has reported over at least half a window.</summary>
    public LoadMeasurement? Measure()
    {
        var workers = Plan.Placements.SelectMany(p => p.Instances).Select(i => i.Worker).Concat(Plan.Sources.Select(s => s.Worker)).Distinct();
        return workers.All(w => Heard.TryGetValue(w, out var h) && h[^1].At - h[0].At >= Window / 2) ? Measured() : null;
    }

    /// <summary>What each source that is followed offers, elements per second.</summary>
    public IEnumerable<(SourceId Source, double PerSecond)> Offered => Sources().Where(s => s.IsFollowed).Select(s => (s.Planned.Source, s.Offered));

    private LoadMeasurement Measured()
    {
        var followed = Sources().Where(s => s.IsFollowed).ToList();
        var inputs = followed.GroupBy(s => s.Planned.Input)
            .Select(g => (Planned: g.Sum(s => s.Planned.Rate), Offered: g.Sum(s => s.Offered), Taken: g.Sum(s => s.Taken), Waiting: g.Sum(s => s.Waiting))).ToList();
        var worst = inputs.OrderByDescending(i => i.Offered / i.Planned).FirstOrDefault();
        var stages = Heard.Values.SelectMany(Stages).ToList();
        var busiest = stages.Select(s => (Name: s.Operator.Value, Busy: s.Busy / s.Instances))
            .Concat(stages.GroupBy(s => s.Worker).Select(g => (Name: g.Key.Value, Busy: g.Sum(s => s.Busy) / Cores.GetValueOrDefault(g.Key, 1))))
            .DefaultIfEmpty().MaxBy(b => b.Busy);
        var oldest = Latest.SelectMany(r => r.Stages.Select(s => s.OldestMs).Concat(r.Sources.Where(s => s.CanDrop || Follows(s)).Select(s => Math.Max(s.OldestMs, Behind(s).TotalMilliseconds)))).DefaultIfEmpty().Max();
        return new LoadMeasurement(
            inputs.Count == 0 ? 0 : worst.Offered / worst.Planned,
            inputs.Count == 0 ? 0 : worst.Taken / worst.Planned,
            TimeSpan.FromSeconds(inputs.Select(i => i.Waiting / i.Planned).DefaultIfEmpty().Max()),
            TimeSpan.FromMilliseconds(oldest),
            busiest.Busy,
            busiest.Name ?? "",
            stages.Select(s => s.Blocked).DefaultIfEmpty().Max())
        {
            CanShed = followed.Exists(s => s.CanDrop),
        };
    }

    private IEnumerable<SourceLoad> Sources() =>
        from heard in Heard.Values
        let first = heard[0]
        let last = heard[^1]
        let seconds = (last.At - first.At).TotalSeconds
        where seconds > 0
        from now in last.Report.Sources
        let before = first.Report.Sources.FirstOrDefault(s => s.Source == now.Source)
        let planned = Plan.Sources.FirstOrDefault(s => s.Source == now.Source)
        where before is not null && planned is not null && !now.Ended
        select new SourceLoad(
            planned,
            now.CanDrop,
            now.CanDrop || Follows(now),
            Follows(now) ? now.Pace!.Value.PerSecond : (now.Offered - before.Offered) / seconds,
            (now.Offered - now.Dropped - before.Offered + before.Dropped) / seconds,
            now.Waiting + (Behind(now).TotalSeconds * (now.Pace?.PerSecond ?? 0)));

    private bool Follows(SourceReport source) => FollowsPaced && source is { CanDrop: false, Pace.PerSecond: > 0 };

    // One of which nothing waits here is behind by itself: nobody who takes faster would help it.
    private TimeSpan Behind(SourceReport source) => Follows(source) && source.Waiting > 0 ? source.Pace!.Value.Behind : TimeSpan.Zero;

    private static IEnumerable<StageLoad> Stages(ImmutableList<Sample> heard)
    {
        var (first, last) = (heard[0], heard[^1]);
        var seconds = (last.At - first.At).TotalSeconds;
        return seconds <= 0 ? [] : last.Report.Stages.Join(first.Report.Stages, s => s.Operator, s => s.Operator, (now, before) => new StageLoad(
            last.Report.Worker, now.Operator, Math.Max(1, now.Instances), (now.BusySeconds - before.BusySeconds) / seconds, (now.BlockedSeconds - before.BlockedSeconds) / seconds));
    }

    private sealed record Sample(TimeSpan At, FragmentReport Report);

    private sealed record SourceLoad(PlannedSource Planned, bool CanDrop, bool IsFollowed, double Offered, double Taken, double Waiting);

    private sealed record StageLoad(WorkerId Worker, OperatorId Operator, int Instances, double Busy, double Blocked);
}
