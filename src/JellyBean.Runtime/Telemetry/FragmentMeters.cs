using System.Collections.Concurrent;
using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Telemetry;

/// <summary>The meters of one fragment.</summary>
/// <param name="epoch">The plan in force.</param>
/// <param name="worker">The worker.</param>
/// <param name="failures">Where failures are remembered.</param>
/// <param name="read">What the plan reads, on any worker.</param>
/// <param name="before">Those of the plan whose place this one takes: what goes on here goes on being counted; null if none does.</param>
internal sealed class FragmentMeters(long epoch, WorkerId worker, FailureLedger failures, ImmutableArray<SourceId> read, FragmentMeters? before = null)
{
    private readonly ConcurrentDictionary<OperatorId, StageMeter> _stages = new();
    private readonly ConcurrentDictionary<SourceId, SourceMeter> _sources = new();
    private readonly ConcurrentDictionary<OperatorId, OutputMeter> _outputs = new();
    private readonly ConcurrentDictionary<LinkId, LinkMeter> _links = new();
    private FragmentMeters? _before = before;
    private volatile ImmutableList<SourceReport> _retired = before?._retired.RemoveAll(r => read.Contains(r.Source)) ?? [];

    public FailureLedger Failures { get; } = failures;

    /// <summary>Most sources that are told of after they were removed; those before are in the history of the run.</summary>
    public const int MostRetired = 16;

    /// <summary>All are made.</summary>
    public void Seal() => _before = null;

    /// <summary>Goes on telling of sources that no plan reads any more.</summary>
    public void Retire(FragmentMeters former, ImmutableArray<SourceId> sources)
    {
        var left = sources.Select(s => former._sources.GetValueOrDefault(s)?.Report()).OfType<SourceReport>().Select(s => s with { Ended = true, IsRemoved = true, Health = null, PerSecond = 0, IsPaused = false });
        _retired = [.. _retired.Where(r => !sources.Contains(r.Source)).Concat(left).TakeLast(MostRetired)];
    }

    public StageMeter Stage(OperatorId op) => _stages.GetOrAdd(op, id => _before?._stages.GetValueOrDefault(id) ?? new StageMeter(id, Failures));

    public SourceMeter Source(OperatorId input, SourceId source) => _sources.GetOrAdd(source, id => _before?._sources.GetValueOrDefault(id) ?? new SourceMeter(id, Stage(input)));

    public OutputMeter Output(OperatorId output) => _outputs.GetOrAdd(output, id => _before?._outputs.GetValueOrDefault(id) ?? new OutputMeter(id));

    public LinkMeter Link(LinkId link) => _links.GetOrAdd(link, id => new LinkMeter(id.From, id.To, id.ToWorker));

    public FragmentReport Report() => new(
        epoch,
        worker,
        [.. _sources.Values.Select(s => s.Report()).Concat(_retired).OrderBy(s => s.Source)],
        [.. _stages.OrderBy(s => s.Key).Select(s => s.Value.Report())],
        [.. _links.OrderBy(l => l.Key.ToString(), StringComparer.Ordinal).Select(l => l.Value.Report())],
        [.. _outputs.OrderBy(o => o.Key).Select(o => o.Value.Report())],
        Failures.Report())
    {
        Process = ProcessLoad.Now,
    };
}
