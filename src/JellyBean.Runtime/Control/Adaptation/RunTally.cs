using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>Adds up the runs of variants from what nodes report, and tells how long messages took between tiers.</summary>
internal sealed class RunTally
{
    // The mean of fewer says little.
    private const long LeastRuns = 20;

    private readonly SortedDictionary<(OperatorId Operator, string Variant, WorkerId Worker), (long Runs, long Elements, double Seconds)> _runs = [];

    /// <summary>Adds what was done between two reports of each worker; not of operators whose variant has changed between them.</summary>
    public void Add(IEnumerable<(FragmentReport Before, FragmentReport Now, double Seconds)> spans)
    {
        foreach (var (before, now, _) in spans)
        {
            foreach (var (was, stage) in before.Stages.Where(s => s.Variant is not null).Join(now.Stages, s => (s.Operator, s.Variant), s => (s.Operator, s.Variant), (was, stage) => (was, stage)))
            {
                var key = (stage.Operator, stage.Variant!, now.Worker);
                var (runs, elements, seconds) = _runs.GetValueOrDefault(key);
                _runs[key] = (runs + stage.Batches - was.Batches, elements + stage.In - was.In, seconds + stage.BusySeconds - was.BusySeconds);
            }
        }
    }

    /// <summary>What was added since it was taken last.</summary>
    public ImmutableArray<MeasuredRun> Take()
    {
        ImmutableArray<MeasuredRun> taken =
        [
            .. _runs.Where(r => r.Value.Runs >= LeastRuns)
                .Select(r => new MeasuredRun(r.Key.Operator, r.Key.Variant, r.Key.Worker, Math.Max(1, (double)r.Value.Elements / r.Value.Runs), 1000 * r.Value.Seconds / r.Value.Runs)),
        ];
        _runs.Clear();
        return taken;
    }

    public void Clear() => _runs.Clear();

    /// <summary>What nodes take of their machines.</summary>
    public static ImmutableArray<MeasuredNode> NodesOf(LoadMeter meter) =>
    [
        .. meter.Spans.Select(s => new MeasuredNode(s.Now.Worker, (s.Now.Process.CpuSeconds - s.Before.Process.CpuSeconds) / s.Seconds / meter.Cores.GetValueOrDefault(s.Now.Worker, 1), s.Now.Process.MemoryBytes)),
    ];

    /// <summary>How busy operators were, and for how long they waited for what follows.</summary>
    public static ImmutableArray<MeasuredStage> StagesOf(LoadMeter meter) =>
    [
        .. from span in meter.Spans
           from pair in span.Before.Stages.Join(span.Now.Stages, s => s.Operator, s => s.Operator, (was, now) => (was, now))
           select new MeasuredStage(
               pair.now.Operator,
               span.Now.Worker,
               Share(pair.now.BusySeconds - pair.was.BusySeconds, span.Seconds * Math.Max(1, pair.now.Instances)),
               Share(pair.now.BlockedSeconds - pair.was.BlockedSeconds, span.Seconds)) { Oldest = TimeSpan.FromMilliseconds(pair.now.OldestAgeMs) },
    ];

    /// <summary>For how long links waited for room.</summary>
    public static ImmutableArray<MeasuredHop> HopsOf(LoadMeter meter) =>
    [
        .. from span in meter.Spans
           from pair in span.Before.Links.Join(span.Now.Links, l => (l.From, l.To, l.ToWorker), l => (l.From, l.To, l.ToWorker), (was, now) => (was, now))
           select new MeasuredHop(pair.now.From, pair.now.To, span.Now.Worker, pair.now.ToWorker, Share(pair.now.BlockedSeconds - pair.was.BlockedSeconds, span.Seconds), pair.now.Delivery.IsFull) { Oldest = TimeSpan.FromMilliseconds(pair.now.OldestAgeMs) },
    ];

    private static double Share(double seconds, double of) => Math.Clamp(seconds / of, 0, 1);

    /// <summary>What is carried between tiers. It is all that can be where links that are full carry most of it: others of the same line, or of other machines, may have room, but what they have is not what lacks.</summary>
    public static ImmutableArray<MeasuredTraffic> TrafficOf(IEnumerable<(FragmentReport Before, FragmentReport Now, double Seconds)> spans, RunState run) =>
    [
        .. from span in spans
           from link in span.Now.Links
           let tiers = (From: TierOf(span.Now.Worker, run), To: TierOf(link.ToWorker, run))
           where tiers.From is not null && tiers.To is not null && tiers.From != tiers.To
           group link.Delivery by (From: tiers.From!.Value, To: tiers.To!.Value) into links
           orderby links.Key.From.Name, links.Key.To.Name
           let full = links.Where(d => d.IsFull).Sum(d => d.Capacity ?? d.BytesPerSecond)
           let rest = links.Where(d => !d.IsFull).Sum(d => d.BytesPerSecond)
           select new MeasuredTraffic(links.Key.From, links.Key.To, full + rest, full > rest),
    ];

    // A node that stands for several tiers has no link between them.
    public static Tier? TierOf(WorkerId worker, RunState run) => run.Nodes.GetValueOrDefault(worker)?.Last.Node is { AlsoServes.IsEmpty: true, Tier: var tier } ? tier : null;

    /// <summary>Mean round trips between tiers, of all links together.</summary>
    public static ImmutableArray<MeasuredLink> LinksOf(IEnumerable<(FragmentReport Before, FragmentReport Now, double Seconds)> spans, RunState run) =>
    [
        .. from span in spans
           from pair in span.Before.Links.Join(span.Now.Links, l => (l.From, l.To, l.ToWorker), l => (l.From, l.To, l.ToWorker), (was, link) => (was.RoundTripMs, link.ToWorker, Now: link.RoundTripMs))
           let count = pair.Now.Count - pair.RoundTripMs.Count
           where count > 0 && TierOf(span.Now.Worker, run) is not null && TierOf(pair.ToWorker, run) is not null
           group (Count: count, Sum: (pair.Now.Mean * pair.Now.Count) - (pair.RoundTripMs.Mean * pair.RoundTripMs.Count))
               by (From: TierOf(span.Now.Worker, run)!.Value, To: TierOf(pair.ToWorker, run)!.Value) into tiers
           where tiers.Key.From != tiers.Key.To
           orderby tiers.Key.From.Name, tiers.Key.To.Name
           select new MeasuredLink(tiers.Key.From, tiers.Key.To, TimeSpan.FromMilliseconds(Math.Max(0, tiers.Sum(t => t.Sum) / tiers.Sum(t => t.Count)))),
    ];
}
