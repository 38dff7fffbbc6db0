using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>The coordinator's hand in following what arrives: keeps the fast loop's state, sees to it that nodes do what was decided, and remembers what was and why.</summary>
/// <remarks>
/// Nothing of it is in the journal: whoever coordinates next begins with what nodes report that they run. Another plan begins anew with its own variants.
/// An actor's, and as such for one thread.
/// </remarks>
internal sealed partial class AdaptationDesk(AdaptationOptions options, TimeSpan resendAfter, ILogger logger)
{
    private const int MostRecords = 64;

    private readonly FastLoop _loop = new(options);
    private readonly ProxyWatch _watch = new();
    private string _runId = "";
    private long _told;
    private LoadMeter? _meter;
    private FastState? _state;
    private Adjustment? _adjustment;
    private ImmutableSortedSet<WorkerId> _pending = [];
    private TimeSpan _sentAt;
    private TimeSpan _decidedAt;
    private string? _commanded;
    private (string Command, string Problem)? _done;

    /// <summary>What was decided, the latest last; those long ago are forgotten.</summary>
    public ImmutableArray<AdaptationRecord> Records { get; private set; } = [];

    /// <summary>A node has reported.</summary>
    public void Heard(FragmentReport report, TimeSpan now)
    {
        if (_meter?.Plan.Epoch == report.Epoch)
        {
            _meter = _meter.Hear(report, now);
        }
    }

    /// <summary>A node has done what it was told, as far as it could.</summary>
    public void Answered(WorkerId worker, Adjusted answer, TimeSpan now)
    {
        if (_state is not { } state || _adjustment is not { } adjustment || answer.Epoch != adjustment.Epoch || answer.Revision != adjustment.Revision || !_pending.Contains(worker))
        {
            return;
        }

        _pending = _pending.Remove(worker);
        var at = IndexOf(adjustment);
        var record = Records[at];
        foreach (var outcome in answer.Outcomes.Where(o => o.Problem is not null))
        {
            var wanted = adjustment.Operators.First(o => o.Operator == outcome.Operator).Variant;
            state = state with { Broken = state.Broken.Add((outcome.Operator, wanted)) };
            record = record with { Problem = $"{record.Problem} Node '{worker}' keeps {outcome.Operator}={outcome.Variant}: {outcome.Problem}".TrimStart() };
            LogKept(logger, adjustment.Epoch, worker, outcome.Operator, wanted, outcome.Variant, outcome.Problem!);
        }

        _state = state;
        Records = Records.SetItem(at, _pending.IsEmpty ? record with { Took = now - record.At } : record);
        if (_pending.IsEmpty && _commanded is { } command)
        {
            (_commanded, _done) = (null, (command, Records[at].Problem));
        }
    }

    /// <summary>That what somebody has chosen runs, once; why not where it could not be done.</summary>
    public RunEvent.Chosen? TakeDone()
    {
        var done = _done;
        _done = null;
        return done is var (command, problem) ? new RunEvent.Chosen(command, problem.Length == 0 ? null : problem) : null;
    }

    /// <summary>Time has passed.</summary>
    /// <returns>What nodes are to be told.</returns>
    public IEnumerable<RunEffect.Send> Tick(RunState run, TimeSpan now)
    {
        Look(run, now);
        if (run is not { Phase: RunPhase.Running, Run: { Plan: { Ladder.IsEmpty: false } plan } current })
        {
            (_meter, _state, _adjustment, _pending, _commanded) = (null, null, null, [], null);
            Records = run.Run is null ? [] : Records;
            return [];
        }

        if (_meter?.Plan.Epoch != plan.Epoch)
        {
            (_state, _adjustment, _pending, _decidedAt, _commanded) = (null, null, [], now, null);
            _meter = new LoadMeter(plan, run.Nodes.ToImmutableSortedDictionary(n => n.Key, n => n.Value.Last.Node.Cores), options.Window, options.FollowsPaced);
        }

        if (now - _decidedAt >= options.Every && _meter.Measure() is { } seen)
        {
            _decidedAt = now;
            if (Decide(run.ByHand, seen with { HasDrifted = _watch.HasDrifted }, now) is { } decision)
            {
                Remember(decision);
                _adjustment = AdjustmentOf.Of(_state!, seen.Load, _meter.Offered);
                _pending = [.. current.Parts.Keys];
                return Send(now);
            }
        }

        return now - _sentAt >= resendAfter ? Send(now) : [];
    }

    /// <summary>Tells what has drifted; a plan needs no ladder for that.</summary>
    private void Look(RunState run, TimeSpan now)
    {
        var runId = run.Run?.Id ?? "";
        if (runId != _runId)
        {
            _runId = runId;
            _watch.Clear();
        }

        if (run is not { Phase: RunPhase.Running, Run: { } current })
        {
            return;
        }

        foreach (var drift in _watch.Look(current.Parts.Values.Select(p => p.Report).OfType<FragmentReport>()))
        {
            var who = $"{drift.Operator}={drift.Variant}";
            Remember(new AdaptationRecord
            {
                At = now,
                Epoch = current.Epoch,
                Revision = --_told,
                Action = AdaptationAction.Drift,
                From = who,
                To = who,
                Reason = drift.ToString(),
                Measured = new LoadMeasurement(0, 0, TimeSpan.Zero, TimeSpan.Zero, 0, "", 0) { HasDrifted = drift.IsOut },
                Capacity = 0,
                Drift = [new($"{drift.Name} of {who}", drift.Mean, ""), new("its spread", drift.Spread, ""), new("its reference", drift.Reference, "")],
            });
        }
    }

    // Something may have been told since it was decided. Of what is forgotten by now, the latest stands in: it is done, whatever it was.
    private int IndexOf(Adjustment adjustment) =>
        Enumerable.Range(0, Records.Length).LastOrDefault(i => (Records[i].Epoch, Records[i].Revision) == (adjustment.Epoch, adjustment.Revision), Records.Length - 1);

    private AdaptationRecord? Decide(ByHand hand, LoadMeasurement seen, TimeSpan now)
    {
        var chosen = hand.Active is { IsInPlace: true } active ? active.After.Variants : hand.Orders.Variants;
        var variants = Variants(_meter!.Latest);
        var isFirst = _state is null;
        _state ??= FastState.Begin(_meter.Plan, options, variants, _meter.Latest.Max(r => r.Revision), hand.Orders.Variants);
        if (_state is not { } state)
        {
            return null;
        }

        // A change that was on its way when another plan took the place may have left what runs.
        var step = !state.Chosen.SequenceEqual(chosen) && !FastState.RungsOf(state.Plan, chosen).IsEmpty ? FastLoop.Choose(state, chosen, seen, now)
            : isFirst && (state.Rungs.Length > 1 || !state.IsRunBy(variants)) ? FastLoop.Prepare(state, seen, now)

            // Sources that wait lose nothing: unless they are to keep to their pace, there is nothing to follow.
            : _meter.Offered.Any() ? _loop.Next(state, seen, now)
            : new FastStep(state, null);
        _state = step.State;
        _commanded = step.Decision is { Action: AdaptationAction.ByHand } && hand.Active is { IsInPlace: true } asked ? asked.Command.Id : _commanded;
        return step.Decision;
    }

    private static Dictionary<OperatorId, string> Variants(IEnumerable<FragmentReport> reports) =>
        reports.SelectMany(r => r.Stages).Where(s => s.Variant is not null).GroupBy(s => s.Operator).ToDictionary(g => g.Key, g => g.First().Variant!);

    private IEnumerable<RunEffect.Send> Send(TimeSpan now)
    {
        _sentAt = now;
        return _adjustment is null ? [] : _pending.Select(w => new RunEffect.Send(w, new Adjust(_adjustment)));
    }

    private void Remember(AdaptationRecord decision)
    {
        Records = [.. Records.TakeLast(MostRecords - 1), decision];
        var (level, what) = (LevelOf(decision), decision.ToString());
        LogDecided(logger, level, decision.Epoch, decision.Revision, what);
    }

    private static LogLevel LevelOf(AdaptationRecord decision) => decision.Action switch
    {
        AdaptationAction.Prepare => LogLevel.Debug,
        AdaptationAction.Drift when decision.Measured.HasDrifted => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    [LoggerMessage(EventId = 1172, Message = "Epoch {Epoch}, change {Revision}: {What}")]
    private static partial void LogDecided(ILogger logger, LogLevel level, long epoch, long revision, string what);

    [LoggerMessage(EventId = 1173, Level = LogLevel.Warning, Message = "Epoch {Epoch}: node {Worker} could not put variant {Wanted} of operator {Operator} in place of {Variant}, which goes on. It is not tried again under this plan. {Problem}")]
    private static partial void LogKept(ILogger logger, long epoch, WorkerId worker, OperatorId @operator, string wanted, string variant, string problem);
}
