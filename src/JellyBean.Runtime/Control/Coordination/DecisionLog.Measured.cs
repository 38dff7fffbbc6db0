using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What decisions were made from, and those of the loop that changes what runs in place.</summary>
internal sealed partial record DecisionLog
{
    /// <summary>Changes in place that are told: by number of the decision.</summary>
    private ImmutableDictionary<(long Epoch, long Revision), long> Changes { get; init; } = ImmutableDictionary<(long Epoch, long Revision), long>.Empty;

    /// <summary>The log with what was changed in place.</summary>
    /// <param name="records">All that are remembered, the latest last.</param>
    /// <param name="now">When, by the clock of the records.</param>
    /// <param name="at">When, by the clock of the day.</param>
    public DecisionLog With(ImmutableArray<AdaptationRecord> records, TimeSpan now, DateTimeOffset at)
    {
        var log = this with { Changes = Changes.RemoveRange(Changes.Keys.Where(k => records.All(r => (r.Epoch, r.Revision) != k))) };
        return records.Where(r => r.Action is not (AdaptationAction.Prepare or AdaptationAction.ByHand)).Aggregate(log, (l, r) => l.With(r, at - (now - r.At)));
    }

    private DecisionLog With(AdaptationRecord record, DateTimeOffset at)
    {
        if (!Changes.TryGetValue((record.Epoch, record.Revision), out var number))
        {
            var log = Beside(DecisionOf(record) with { Number = Count + 1, At = at });
            return log with { Changes = log.Changes.Add((record.Epoch, record.Revision), log.Count) };
        }

        var known = All.FirstOrDefault(d => d.Number == number);
        return known is null ? this : this with { All = All.Replace(known, DecisionOf(record) with { Number = number, At = known.At }) };
    }

    private static Decision DecisionOf(AdaptationRecord record) => new()
    {
        Number = 0,
        At = default,
        Trigger = ControlProtocol.Line(record.Reason),
        Result = ControlProtocol.Line(string.Create(CultureInfo.InvariantCulture, $"{record.Action}: {What(record)}{(record.Problem.Length > 0 ? $" {record.Problem}" : "")}")),
        EpochBefore = record.Epoch,
        EpochAfter = record.Epoch,
        Measurements = record.Action == AdaptationAction.Drift ? record.Drift :
        [
            new("offered", record.Measured.Load, "× planned"),
            new("let in", record.Measured.Taken, "× planned"),
            new("waiting", record.Measured.Backlog.TotalSeconds, "s"),
            new($"{record.Measured.Bottleneck} busy", record.Measured.Busy, "of its time"),
            new("what runs can take", record.Capacity, "× planned"),
        ],
        Steps = record.Took is { } took ? [new("changing in place", took)] : [],
    };

    private static string What(AdaptationRecord record) => record switch
    {
        { Action: AdaptationAction.Drift } => "nothing is changed.",
        _ when record.From != record.To => $"{record.From} → {record.To}.",
        { LetIn: { } letIn } => string.Create(CultureInfo.InvariantCulture, $"sources let in at most {letIn:0.00} times the planned rates."),
        _ => "sources let in all that they offer.",
    };

    /// <summary>While stages move, what the next plan's stages and the sources hold.</summary>
    private DecisionLog Held(RunState after)
    {
        if (Open is not { } open || after is not { Phase: RunPhase.Moving, Run: { Transition.Step: TransitionStep.TakingOver } run })
        {
            return this;
        }

        var held = run.Parts.Values.Sum(p => p.Report is { } report ? report.Stages.Sum(s => s.Queue) + report.Sources.Sum(s => s.Waiting) : 0L);
        return held > (open.Held ?? -1) ? this with { Open = open with { Held = held } } : this;
    }

    private static IEnumerable<Measurement> Measured(ReplanQuestion question) =>
    [
        .. question.State.Rates.SelectMany(r => new[]
        {
            new Measurement($"{r.Key} offered", r.Value.Level, "elements/s"),
            new Measurement($"{r.Key} offered in {question.Options.Ahead.TotalSeconds:0} s", r.Value.In(question.Options.Ahead), "elements/s"),
        }),
        .. question.Runs.Select(r => new Measurement($"a run of {r.Operator}={r.Variant} on {r.Worker}", r.MeanMs, "ms")),
        .. question.State.Drift.Where(d => Math.Abs(d.Value - 1) >= question.Options.LeastDrift).OrderBy(d => d.Key.Operator).ThenBy(d => d.Key.Variant, StringComparer.Ordinal)
            .Select(d => new Measurement($"{d.Key.Operator}={d.Key.Variant} takes", d.Value, "× its profile")),
        .. question.State.RoundTrips.OrderBy(l => l.Key.From.Name, StringComparer.Ordinal).ThenBy(l => l.Key.To.Name, StringComparer.Ordinal)
            .Select(l => new Measurement($"{l.Key.From} to {l.Key.To} and back", l.Value.TotalMilliseconds, "ms")),
        .. question.State.Bandwidths.OrderBy(l => l.Key.From.Name, StringComparer.Ordinal).ThenBy(l => l.Key.To.Name, StringComparer.Ordinal)
            .Select(l => new Measurement($"{l.Key.From} to {l.Key.To} carries at most", l.Value.BytesPerSecond, "bytes/s")),
        .. question.Oldest is { } oldest ? [new Measurement($"the oldest for {oldest.Place} was let in", oldest.Age.TotalMilliseconds, "ms ago")] : Array.Empty<Measurement>(),
        .. question.HeldBack.Select(h => new Measurement($"{h.Place} waits", h.Share, "of its time")),
        .. question.Nodes.SelectMany(n => new[] { new Measurement($"{n.Worker} processor", n.CpuShare, "of its cores"), new Measurement($"{n.Worker} memory", n.MemoryBytes, "bytes") }),
    ];
}
