using System.Text.Json.Serialization;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Reports;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Hosting.Control;

/// <summary>What a command asks for, as JSON; which fields are needed depends on the command.</summary>
internal sealed record CommandDocument(string? Operator = null, string? Tier = null, string? Node = null, string? Variant = null, string? Source = null, Dictionary<string, string>? Settings = null, string? Workflow = null, string? From = null, bool DryRun = false, double? DeadlineSeconds = null);

/// <summary>What became of a command, as JSON.</summary>
internal sealed record OutcomeDocument(
    string Command,
    string Status,
    string Message,
    IReadOnlyList<string> Allowed,
    IReadOnlyList<string> Changes,
    IReadOnlyList<string> Shortfalls,
    long Epoch,
    double? CostBefore,
    double? CostAfter,
    string Currency,
    IReadOnlyList<OutputChangeDocument> Outputs,
    string? Warning)
{
    public static OutcomeDocument Of(CommandOutcome o) => new(
        o.Command, Name(o.Status), o.Message, o.Allowed, o.Changes, o.Shortfalls, o.Epoch, o.CostBefore, o.CostAfter, o.Currency, [.. o.Outputs.Select(OutputChangeDocument.Of)], o.Warning);

    private static string Name(CommandStatus status) => status switch
    {
        CommandStatus.NoPlan => "no-plan",
        CommandStatus.NotPossible => "not-possible",
        _ => status.ToString().ToLowerInvariant(),
    };
}

/// <summary>What an output is expected to give before and after a command, as JSON; a p99 that has no bound, or was not worked out, is null.</summary>
internal sealed record OutputChangeDocument(string Output, string? Metric, double? AccuracyBefore, double? AccuracyAfter, double? P99MsBefore, double? P99MsAfter)
{
    public static OutputChangeDocument Of(OutputChange o) => new(o.Output.Value, o.Metric, o.AccuracyBefore, o.AccuracyAfter, Bound(o.P99BeforeMs), Bound(o.P99AfterMs));

    private static double? Bound(double? p99) => p99 is { } value ? PlanJson.Bound(value) : null;
}

/// <summary>The workflows of a cluster, as JSON, the one of the program that coordinates first, and what they cost together; null where nothing runs, or where they count in several currencies.</summary>
internal sealed record WorkflowsDocument(IReadOnlyList<WorkflowDocument> Workflows, double? CostPerHour)
{
    public static WorkflowsDocument Of(IReadOnlyCollection<WorkflowStatus> workflows) => new(
        [.. workflows.Select(WorkflowDocument.Of)],
        workflows.Where(w => w.CostPerHour is not null).GroupBy(w => w.Currency, StringComparer.Ordinal).ToList() is [var only] ? only.Sum(w => w.CostPerHour) : null);
}

/// <summary>A workflow of a cluster, as JSON.</summary>
internal sealed record WorkflowDocument(string Name, string Fingerprint, string Phase, long Epoch, double? CostPerHour, string Currency, IReadOnlyList<string> Nodes)
{
    public static WorkflowDocument Of(WorkflowStatus w) => new(w.Name, w.Fingerprint, w.Phase, w.Epoch, w.CostPerHour, w.Currency, [.. w.Nodes.Select(n => n.Value)]);
}

/// <summary>Why a request was not answered, as RFC 9457 has it.</summary>
internal sealed record ProblemDocument(string Type, string Title, int Status, string Detail, IReadOnlyList<string>? Allowed = null, string? Leader = null);

/// <summary>Decisions, as JSON, the latest last.</summary>
internal sealed record HistoryDocument(IReadOnlyList<DecisionDocument> Decisions)
{
    public static HistoryDocument Of(IEnumerable<Decision> decisions) => new([.. decisions.Select(DecisionDocument.Of)]);
}

/// <summary>A decision, as JSON.</summary>
internal sealed record DecisionDocument(
    long Number,
    DateTimeOffset At,
    string Trigger,
    string Result,
    long EpochBefore,
    long EpochAfter,
    double? CostBefore,
    double? CostAfter,
    string Currency,
    IReadOnlyList<Measurement> Measurements,
    IReadOnlyList<Candidate> Candidates,
    IReadOnlyList<StepDocument> Steps,
    long? ElementsHeld)
{
    public static DecisionDocument Of(Decision d) => new(
        d.Number, d.At, d.Trigger, d.Result, d.EpochBefore, d.EpochAfter, d.CostBefore, d.CostAfter, d.Currency, d.Measurements, d.Candidates, [.. d.Steps.Select(s => new StepDocument(s.Name, s.Duration.TotalSeconds))], d.ElementsHeld);
}

/// <summary>A step of a decision, as JSON.</summary>
internal sealed record StepDocument(string Name, double Seconds);

/// <summary>How a cluster is, as JSON.</summary>
internal sealed record StatusDocument(
    string Coordinator,
    long Term,
    string Phase,
    long Epoch,
    string Run,
    string Ended,
    string? Failure,
    string? Problem,
    TransitionDocument? Transition,
    double ElapsedSeconds,
    IReadOnlyList<string> Shortfalls,
    IReadOnlyDictionary<string, string> Pins,
    IReadOnlyDictionary<string, string> Variants,
    IReadOnlyList<string> Drained,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    IReadOnlyList<string> Paused,
    IReadOnlyList<string> History,
    IReadOnlyList<DecisionDocument> Decisions,
    IReadOnlyList<NodeDocument> Nodes,
    IReadOnlyList<SourceDocument> Sources,
    IReadOnlyList<GapDocument> Gaps,
    IReadOnlyList<StageDocument> Stages,
    IReadOnlyList<LinkDocument> Links,
    IReadOnlyList<OutputDocument> Outputs)
{
    public static StatusDocument Of(ClusterStatus status) => new(
        status.Coordinator.Value,
        status.Term,
        status.Phase,
        status.Epoch,
        status.RunId,
        status.EndedRunId,
        status.EndedFailure,
        status.Problem,
        status.Transition is { } t ? new TransitionDocument(t.From, t.To, t.Step, t.Reason, t.Elapsed.TotalSeconds, [.. t.Awaited.Select(n => n.Value)]) : null,
        status.Elapsed.TotalSeconds,
        status.Shortfalls,
        status.Pins.ToDictionary(p => p.Key.Value, p => p.Value.Name),
        status.Variants.ToDictionary(v => v.Key.Value, v => v.Value),
        [.. status.Drained.Select(n => n.Value)],
        [.. status.Added.Select(s => s.Value)],
        [.. status.Removed.Select(s => s.Value)],
        [.. status.Paused.Select(s => s.Value)],
        status.History,
        [.. status.Decisions.Select(DecisionDocument.Of)],
        [.. status.Members.Select(m => NodeDocument.Of(status, m))],
        [.. status.Sources.Select(SourceDocument.Of)],
        [.. status.Gaps.Select(g => new GapDocument(g.Output.Value, g.Source.Value, g.Numbers.First, g.Numbers.Last, g.IsExact))],
        [.. status.Fragments.SelectMany(f => f.Stages.Select(s => StageDocument.Of(f.Worker, s)))],
        [.. status.Fragments.SelectMany(f => f.Links.Select(l => LinkDocument.Of(f.Worker, l)))],
        [.. status.Fragments.SelectMany(f => f.Outputs).Select(o => new OutputDocument(o.Output.Value, o.Results, Measured.P50(o.LatencyMs), Measured.P99(o.LatencyMs)))]);
}

/// <summary>A plan that is about to take the place of the one in force, as JSON.</summary>
internal sealed record TransitionDocument(long From, long To, string Step, string Reason, double ElapsedSeconds, IReadOnlyList<string> Awaited);

/// <summary>A node, as JSON.</summary>
internal sealed record NodeDocument(
    string Name,
    string? Tier,
    IReadOnlyList<string> AlsoServes,
    bool Coordinator,
    string? Type,
    double Cores,
    long MemoryBytes,
    int Accelerators,
    string? Profile,
    string? Links,
    string? Control,
    bool Reachable,
    bool Leaving,
    string State,
    long Epoch)
{
    public static NodeDocument Of(ClusterStatus status, ClusterMember m) => new(
        m.Node.Worker.Value,
        m.Node.Tier?.Name,
        [.. m.Node.AlsoServes.Select(t => t.Name)],
        m.Node.IsCoordinator,
        m.Node.Type?.Value,
        m.Node.Cores,
        m.Node.MemoryBytes,
        m.Node.Accelerators,
        m.Node.ProfileFingerprint,
        m.LinkAddress?.ToString(),
        m.Node.ControlUrl,
        m.IsReachable,
        m.IsLeaving,
        ClusterText.State(status, m),
        m.Epoch);
}

/// <summary>What became of a source's elements, as JSON.</summary>
internal sealed record SourceDocument(
    string Source,
    long In,
    long Processed,
    long Dropped,
    long Failed,
    long Lost,
    long Overtaken,
    long Sampled,
    long Shed,
    long CutOff,
    long DroppedEarlier,
    double PerSecond,
    double? LastMs,
    bool Paused,
    string? Condition,
    string? Trouble,
    long? Decoded,
    long? LeftOut,
    long? Connects,
    long? Stalls,
    long? TimesRepaired,
    string? Recording,
    string? TimesFrom,
    double? CaptureP50Ms,
    double? CaptureP99Ms,
    double? TakenP50Ms,
    double? TakenP99Ms)
{
    public static SourceDocument Of(SourceProgress source)
    {
        var (detail, health) = (source.Detail, source.Detail?.Health);
        return new SourceDocument(
            source.Source.Value,
            source.Offered,
            source.Processed,
            source.Dropped,
            source.Failed,
            source.Lost,
            detail?.Overtaken ?? 0,
            detail?.Sampled ?? 0,
            detail?.Shed ?? 0,
            detail?.CutOff ?? 0,
            SourceText.DroppedEarlier(source),
            detail?.PerSecond ?? 0,
            detail?.LastMs,
            detail?.IsPaused ?? false,
            health?.Condition.ToString().ToLowerInvariant(),
            health?.Trouble,
            health?.Decoded,
            health?.LeftOut,
            health?.Connects,
            health?.Stalls,
            health?.TimesRepaired,
            health?.Recording,
            health is null ? null : SourceText.TimesFrom(health),
            health is null || detail is null ? null : Measured.P50(detail.CaptureMs),
            health is null || detail is null ? null : Measured.P99(detail.CaptureMs),
            health is null ? null : Measured.P50(source.TakenMs),
            health is null ? null : Measured.P99(source.TakenMs));
    }
}

/// <summary>What an output may lack of a live source where a plan ended before its time, as JSON.</summary>
internal sealed record GapDocument(string Output, string Source, long From, long To, bool IsExact);

/// <summary>What a link carries, as JSON; what it delivers is not known inside a process.</summary>
internal sealed record LinkDocument(string FromNode, string ToNode, string From, string To, long Elements, long Bytes, long Reconnects, double BytesPerSecond, bool Full, double? Capacity, double? RoundTripP50Ms, double BlockedShare)
{
    public static LinkDocument Of(WorkerId worker, LinkReport l) => new(
        worker.Value, l.ToWorker.Value, l.From.Value, l.To.Value, l.Elements, l.Bytes, l.Reconnects, l.Delivery.BytesPerSecond, l.Delivery.IsFull, l.Delivery.Capacity, Measured.P50(l.RoundTripMs), l.BlockedShare);
}

/// <summary>What an operator does on a node, as JSON.</summary>
internal sealed record StageDocument(string Operator, string Node, string? Variant, long In, long Out, long Failed, long Late, long Queue, double OldestMs, double BusySeconds, double? ServiceP50Ms, double? BatchMean, double BlockedShare, ProxyDocument? Watched)
{
    public static StageDocument Of(WorkerId worker, StageReport s) => new(
        s.Operator.Value, worker.Value, s.Variant, s.In, s.Out, s.Failed, s.Late, s.Queue, s.OldestMs, s.BusySeconds, Measured.P50(s.ServiceMs), Measured.Mean(s.BatchSize), s.BlockedShare,
        s.Proxy is { } p ? new ProxyDocument(p.Name, p.Count, p.Unknown, p.Mean, p.Spread, p.Reference, p.MostDrift) : null);
}

/// <summary>What a workflow watches of a model's answers, as JSON.</summary>
internal sealed record ProxyDocument(string Name, long Count, long Unknown, double Mean, double Spread, double? Reference, double MostDrift);

/// <summary>What an output gave, as JSON.</summary>
internal sealed record OutputDocument(string Output, long Results, double? P50Ms, double? P99Ms);

/// <summary>How documents are written and read: nothing is found out by reflection, and a field that is not known is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CommandDocument))]
[JsonSerializable(typeof(OutcomeDocument))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(WorkflowsDocument))]
internal sealed partial class ControlJson : JsonSerializerContext;
