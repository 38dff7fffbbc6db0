using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What crashes have cost a run: elements of live sources, which cannot be read again. A value; bounded.</summary>
internal sealed record Losses
{
    private const int MostGaps = 64;

    public static Losses None { get; } = new();

    /// <summary>The last plan whose end is accounted for.</summary>
    public long Epoch { get; init; }

    /// <summary>What outputs lack, the latest last; also of nothing, where a node that was cut off may yet tell of more.</summary>
    public ImmutableArray<OutputGap> Gaps { get; init; } = [];

    /// <summary>What became of live sources' elements under plans that are over, by source.</summary>
    public ImmutableArray<SourceProgress> Past { get; init; } = [];

    /// <summary>What is known to be lacking.</summary>
    public ImmutableArray<OutputGap> Known => [.. Gaps.Where(g => g.Numbers.Count > 0)];

    /// <summary>Adds what the end of a plan by a crash has cost, and of those that it had taken the place of while elements flowed.</summary>
    /// <param name="heard">What nodes had reported last.</param>
    /// <param name="final">What nodes know of fragments that have ended there.</param>
    /// <param name="recalled">Live sources that give again what they had given since the snapshot: they are counted on, as files are.</param>
    public Losses Add(ImmutableArray<FragmentReport> heard, ImmutableArray<FragmentReport> final, ImmutableHashSet<SourceId>? recalled = null)
    {
        var losses = final.Aggregate(this, (sum, late) => sum.Late(late));
        var epoch = heard.Concat(final).Select(f => f.Epoch).DefaultIfEmpty(0).Max();

        // Once only, whoever coordinates.
        if (epoch <= Epoch)
        {
            return losses;
        }

        // Of each worker what was heard last, but of what moved to another that may not have said anything yet, all.
        ImmutableArray<FragmentReport> ended = [.. final.Concat(heard).Where(f => f.Epoch > Epoch)];
        var outputs = OutputsOf(ended);
        var sources = SourcesOf(ended, outputs);
        foreach (var source in recalled ?? [])
        {
            sources.Remove(source);
        }

        bool IsExact(FragmentReport of) => of.Epoch == epoch && final.Contains(of);
        var gaps = from output in outputs
                   from settled in output.Report.Settled
                   where sources.ContainsKey(settled.Source)
                   let source = sources[settled.Source]
                   where !source.Report.IsRemoved
                   let range = new NumberRange(Math.Max(settled.Number + 1, source.Report.First), source.Report.First + source.Report.Offered - 1)
                   let isExact = IsExact(source.In) && IsExact(output.In)
                   where range.Count > 0 || !isExact
                   orderby output.Report.Output, settled.Source
                   select new OutputGap(output.Report.Output, settled.Source, range, isExact);
        return losses with
        {
            Epoch = epoch,
            Gaps = [.. losses.Gaps.AddRange(gaps).TakeLast(MostGaps)],
            Past = [.. PastOf(ended, sources, outputs).Concat(losses.Past).GroupBy(s => s.Source).Select(g => g.Aggregate((sum, other) => sum.Plus(other))).OrderBy(s => s.Source)],
        };
    }

    /// <summary>What is to be known of reports, should nobody who has made or heard them be there any more when the plan has ended.</summary>
    /// <param name="reports">What nodes have said last.</param>
    /// <param name="earlier">What those have said that have not said anything since.</param>
    public static ImmutableArray<FragmentReport> ToRemember(IEnumerable<FragmentReport> reports, ImmutableArray<FragmentReport> earlier)
    {
        var latest = reports.Concat(earlier).DistinctBy(r => r.Worker).ToList();
        var live = latest.SelectMany(r => r.Sources).Where(s => s.IsLive).Select(s => s.Source).ToHashSet();
        return live.Count == 0 ? [] :
        [
            .. from report in latest
               let sources = report.Sources.Where(s => s.IsLive).Select(s => s with { CaptureMs = Distribution.Empty, Health = null }).ToImmutableArray()
               let outputs = report.Outputs.Select(o => o with { LatencyMs = Distribution.Empty, Settled = [.. o.Settled.Where(s => live.Contains(s.Source))] }).ToImmutableArray()
               where !sources.IsEmpty || !outputs.IsEmpty
               orderby report.Worker
               select report with { Sources = sources, Outputs = outputs, Stages = [], Links = [], Failures = FailureReport.None, Process = default },
        ];
    }

    /// <summary>Adds what a node says late of a fragment whose plan is accounted for: it was cut off, and its sources had gone on.</summary>
    public Losses Late(FragmentReport late) => late.Epoch > Epoch ? this : late.Sources.Where(s => s.IsLive).Aggregate(this, (sum, source) => sum.Extend(source));

    private static List<(OutputReport Report, FragmentReport In)> OutputsOf(ImmutableArray<FragmentReport> ended) =>
    [
        .. from fragment in ended
           from output in fragment.Outputs
           group (output, fragment) by output.Output into same
           let latest = same.Max(s => s.fragment.Epoch)
           from s in same
           where s.fragment.Epoch == latest
           group s by (s.output.Output, s.fragment.Worker) into one
           select one.First(),
    ];

    private static Dictionary<SourceId, (SourceReport Report, FragmentReport In)> SourcesOf(ImmutableArray<FragmentReport> ended, List<(OutputReport Report, FragmentReport In)> outputs)
    {
        var live = from fragment in ended
                   from source in fragment.Sources
                   where source.IsLive
                   group (source, fragment) by source.Source;
        var seen = outputs.SelectMany(o => o.Report.Settled).GroupBy(s => s.Source).ToDictionary(g => g.Key, g => g.Max(s => s.Number));
        return live.ToDictionary(g => g.Key, g =>
        {
            var (source, fragment) = g.MaxBy(s => (s.source.First + s.source.Offered, s.fragment.Epoch));

            // A node that is lost had offered more than it could still report: at least what has arrived.
            return (source with { Offered = Math.Max(source.Offered, seen.GetValueOrDefault(g.Key, -1) - source.First + 1) }, fragment);
        });
    }

    private static IEnumerable<SourceProgress> PastOf(
        ImmutableArray<FragmentReport> ended, Dictionary<SourceId, (SourceReport Report, FragmentReport In)> sources, List<(OutputReport Report, FragmentReport In)> outputs)
    {
        var failures = ended.GroupBy(f => f.Worker).Select(g => g.MaxBy(f => f.Epoch)!.Failures);
        var all = new FragmentReport(0, new WorkerId("all"), [.. sources.Values.Select(s => s.Report)], [], [], [.. outputs.Select(o => o.Report)], FailureReport.None);
        return SourceProgress.Of([all, .. failures.Select(f => all with { Sources = [], Outputs = [], Failures = f })])
            .Select(s => s with { Detail = null, Ended = false, Fault = null, Lost = Math.Max(0, s.Offered - s.Processed - s.Dropped - s.Failed) });
    }

    /// <summary>A node that was cut off has come back, and says what its source had offered until it heard that its plan was over.</summary>
    private Losses Extend(SourceReport late)
    {
        // What was read before another version had it may have been numbered in a block before.
        var last = late.First + late.Offered - 1;
        bool IsOf(OutputGap gap) => gap.Source == late.Source && SourceNumbers.FirstBefore(gap.Numbers.First) == SourceNumbers.FirstBefore(last + 1);
        var known = Gaps.Where(IsOf).Select(g => g.Numbers.Last).DefaultIfEmpty(last).Max();
        var more = Math.Max(0, last - known);
        return more == 0 ? this : this with
        {
            Gaps = [.. Gaps.Select(g => IsOf(g) ? g with { Numbers = g.Numbers with { Last = last } } : g)],
            Past = [.. Past.Select(s => s.Source == late.Source ? s with { Offered = s.Offered + more, Lost = s.Lost + more } : s)],
        };
    }

    public bool Equals(Losses? other) => other is not null && Epoch == other.Epoch && Gaps.SequenceEqual(other.Gaps) && Past.SequenceEqual(other.Past);

    public override int GetHashCode() => HashCode.Combine(Epoch, Gaps.Length, Past.Length);
}
