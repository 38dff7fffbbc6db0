using System.Collections.Concurrent;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Telemetry;

/// <summary>The meters of one fragment.</summary>
/// <param name="epoch">The plan in force.</param>
/// <param name="worker">The worker.</param>
/// <param name="failures">Where failures are remembered.</param>
/// <param name="before">Those of the plan whose place this one takes: what goes on here goes on being counted; null if none does.</param>
internal sealed class FragmentMeters(long epoch, WorkerId worker, FailureLedger failures, FragmentMeters? before = null)
{
    private readonly ConcurrentDictionary<OperatorId, StageMeter> _stages = new();
    private readonly ConcurrentDictionary<SourceId, SourceMeter> _sources = new();
    private readonly ConcurrentDictionary<OperatorId, OutputMeter> _outputs = new();
    private readonly ConcurrentDictionary<LinkId, LinkMeter> _links = new();
    private FragmentMeters? _before = before;

    public FailureLedger Failures { get; } = failures;

    /// <summary>All are made.</summary>
    public void Seal() => _before = null;

    public StageMeter Stage(OperatorId op) => _stages.GetOrAdd(op, id => _before?._stages.GetValueOrDefault(id) ?? new StageMeter(id, Failures));

    public SourceMeter Source(OperatorId input, SourceId source) => _sources.GetOrAdd(source, id => _before?._sources.GetValueOrDefault(id) ?? new SourceMeter(id, Stage(input)));

    public OutputMeter Output(OperatorId output) => _outputs.GetOrAdd(output, id => _before?._outputs.GetValueOrDefault(id) ?? new OutputMeter(id));

    public LinkMeter Link(LinkId link) => _links.GetOrAdd(link, id => new LinkMeter(id.From, id.To, id.ToWorker));

    public FragmentReport Report() => new(
        epoch,
        worker,
        [.. _sources.OrderBy(s => s.Key).Select(s => s.Value.Report())],
        [.. _stages.OrderBy(s => s.Key).Select(s => s.Value.Report())],
        [.. _links.OrderBy(l => l.Key.ToString(), StringComparer.Ordinal).Select(l => l.Value.Report())],
        [.. _outputs.OrderBy(o => o.Key).Select(o => o.Value.Report())],
        Failures.Report())
    {
        Process = ProcessLoad.Now,
    };
}
