using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>The coordinator's hand in planning anew: remembers what is measured of a run, and says when it is time to ask whether another plan is worth moving to.</summary>
/// <remarks>
/// It is asked <see cref="ReplanOptions.Every"/> so often, once the plan in force has had its time; and as soon as clearly more arrives than was planned for. Only sources that drop tell
/// what arrives: of a run without them nothing is asked. None of it is in the journal: whoever coordinates next measures anew.
/// An actor's, and as such for one thread.
/// </remarks>
internal sealed class ReplanDesk(ReplanOptions options)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeastBetween = TimeSpan.FromSeconds(10);

    // Of the planned rate: above it, what a plan leaves free is being used up.
    private const double MoreThanPlanned = 1.1;

    private readonly RunTally _tally = new();
    private LoadMeter? _meter;
    private ReplanState _state = new();
    private string _runId = "";
    private TimeSpan _measuredAt;
    private TimeSpan? _askedAt;
    private double _askedLoad;
    private int _above;

    /// <summary>A node has reported.</summary>
    public void Heard(FragmentReport report, TimeSpan now)
    {
        if (_meter?.Plan.Epoch == report.Epoch)
        {
            _meter = _meter.Hear(report, now);
        }
    }

    /// <summary>What was asked is decided.</summary>
    public void Answered(ReplanDecision decision, TimeSpan now) => _state = _state with { Drift = decision.Drift, ServicesAt = now };

    /// <summary>Time has passed.</summary>
    /// <returns>That it is time to ask; null where it is not.</returns>
    public RunEvent.ReplanDue? Tick(RunState run, TimeSpan now)
    {
        var runId = run.Run?.Id ?? "";
        if (runId != _runId)
        {
            // What another run was like says nothing of this one.
            (_runId, _state, _meter) = (runId, new ReplanState(), null);
        }

        if (run is not { Phase: RunPhase.Running, Run: { IsPlannedHere: true, Plan: { } plan } })
        {
            _meter = null;
            return null;
        }

        if (_meter?.Plan.Epoch != plan.Epoch)
        {
            Begin(run, now);
        }

        if (now - _measuredAt < Window || _meter!.Measure() is null || !_meter.Offered.Any())
        {
            return null;
        }

        _measuredAt = now;
        _tally.Add(_meter.Spans);
        var measured = new ReplanMeasurement([.. _meter.Offered.Select(o => new MeasuredRate(o.Source, o.PerSecond))], [])
        {
            Links = RunTally.LinksOf(_meter.Spans, run),
            Traffic = RunTally.TrafficOf(_meter.Spans, run),
        };
        _state = _state.Observe(measured, now, options);
        var load = Load(_meter.Plan);
        _above = load > MoreThanPlanned * Math.Max(1, _askedLoad) ? _above + 1 : 0;
        return RunMachine.MayReplan(run) && Trigger(load, now) is { } trigger ? Ask(trigger, load, now) : null;
    }

    /// <summary>What is known of the run that is on; null before anything was measured.</summary>
    public ReplanQuestion? Known(TimeSpan now) => _state.MeasuredAt is null ? null : new ReplanQuestion(_state, [], now, options);

    private void Begin(RunState run, TimeSpan now)
    {
        var cores = run.Nodes.ToImmutableSortedDictionary(n => n.Key, n => n.Value.Last.Node.Cores);
        _meter = new LoadMeter(run.Run!.Plan!, cores, Window);
        _tally.Clear();
        _state = _state with { ChangedAt = now };
        (_measuredAt, _askedAt, _askedLoad, _above) = (now, null, 0, 0);
    }

    /// <summary>What arrives, as a multiple of what the plan in force was made for: of the source where it is the most.</summary>
    private double Load(Planning.Plans.Plan plan) =>
        plan.Sources.Where(s => s.Rate > 0 && _state.Rates.ContainsKey(s.Source)).Select(s => _state.Rates[s.Source].Level / s.Rate).DefaultIfEmpty().Max();

    private string? Trigger(double load, TimeSpan now)
    {
        var waited = now - (_askedAt ?? _state.ChangedAt!.Value);
        return _above >= 2 && waited >= LeastBetween ? string.Create(CultureInfo.InvariantCulture, $"{load:0.00} times the planned rates arrive.")
            : waited >= options.Every && now - _state.ChangedAt >= options.CoolDown ? string.Create(CultureInfo.InvariantCulture, $"{waited.TotalSeconds:0} s have passed; {load:0.00} times the planned rates arrive.")
            : null;
    }

    private RunEvent.ReplanDue Ask(string trigger, double load, TimeSpan now)
    {
        (_askedAt, _askedLoad, _above) = (now, load, 0);
        var question = new ReplanQuestion(_state, _tally.Take(), now, options) { Nodes = RunTally.NodesOf(_meter!) };
        _state = _state with { PlannedAt = now };
        return new RunEvent.ReplanDue(trigger, question);
    }
}
