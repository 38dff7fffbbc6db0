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
/// It is asked <see cref="ReplanOptions.Every"/> so often, once the plan in force has had its time; and as soon as clearly more arrives than was planned for, elements that still wait have used up most of
/// what their results may take, or a line that is full carries clearly less than the plan sends. Only sources that drop tell what arrives: of a run without them nothing is asked. None of it is in the journal:
/// whoever coordinates next measures anew.
/// An actor's, and as such for one thread.
/// </remarks>
/// <param name="options">When.</param>
/// <param name="followsPaced">Whether sources that wait tell what arrives, too, where they have a pace of their own.</param>
internal sealed class ReplanDesk(ReplanOptions options, bool followsPaced = false)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeastBetween = TimeSpan.FromSeconds(10);

    // Of the planned rate: above it, what a plan leaves free is being used up. Rates of lines are no more exact.
    private const double MoreThanPlanned = 1.1;

    // Of who waits for what follows: below it, that is how elements come and go.
    private const double WorthTelling = 0.1;
    private const int MostTold = 12;

    private readonly Pressure _arrives = new(MoreThanPlanned);
    private readonly Pressure _ages = new(options.MostAge);
    private readonly Pressure _narrows = new(MoreThanPlanned);
    private readonly RunTally _tally = new();
    private LoadMeter? _meter;
    private ReplanState _state = new();
    private string _runId = "";
    private TimeSpan _measuredAt;
    private TimeSpan? _askedAt;
    private double _load;
    private MeasuredAge? _oldest;
    private NarrowLine? _narrowest;

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
        var (stages, hops) = (RunTally.StagesOf(_meter), RunTally.HopsOf(_meter));
        _load = Load(_meter.Plan);
        _oldest = MeasuredAge.Worst(_meter.Plan, stages, hops);
        _narrowest = NarrowLine.Worst(_meter.Plan, _load, measured.Traffic, worker => RunTally.TierOf(worker, run));
        _arrives.Measured(_load);
        _ages.Measured(_oldest?.Share ?? 0);
        _narrows.Measured(_narrowest?.Load ?? 0);
        return RunMachine.MayReplan(run) && Trigger(now) is { } trigger ? Ask(trigger, stages, hops, now) : null;
    }

    /// <summary>What is known of the run that is on; null before anything was measured.</summary>
    public ReplanQuestion? Known(TimeSpan now) => _state.MeasuredAt is null ? null : new ReplanQuestion(_state, [], now, options);

    private void Begin(RunState run, TimeSpan now)
    {
        var cores = run.Nodes.ToImmutableSortedDictionary(n => n.Key, n => n.Value.Last.Node.Cores);
        _meter = new LoadMeter(run.Run!.Plan!, cores, Window, followsPaced);
        _tally.Clear();
        _state = _state with { ChangedAt = now };
        (_measuredAt, _askedAt) = (now, null);
        _arrives.Clear();
        _ages.Clear();
        _narrows.Clear();
    }

    /// <summary>What arrives, as a multiple of what the plan in force was made for: of the source where it is the most.</summary>
    private double Load(Planning.Plans.Plan plan) =>
        plan.Sources.Where(s => s.Rate > 0 && _state.Rates.ContainsKey(s.Source)).Select(s => _state.Rates[s.Source].Level / s.Rate).DefaultIfEmpty().Max();

    private string? Trigger(TimeSpan now)
    {
        var waited = now - (_askedAt ?? _state.ChangedAt!.Value);
        var load = string.Create(CultureInfo.InvariantCulture, $"{_load:0.00} times the planned rates arrive.");
        return waited >= LeastBetween && _arrives.IsOn ? load
            : waited >= LeastBetween && _narrows.IsOn ? _narrowest!.ToString()
            : waited >= LeastBetween && _ages.IsOn ? _oldest!.ToString()
            : waited >= options.Every && now - _state.ChangedAt >= options.CoolDown ? string.Create(CultureInfo.InvariantCulture, $"{waited.TotalSeconds:0} s have passed; {load}")
            : null;
    }

    private RunEvent.ReplanDue Ask(string trigger, ImmutableArray<MeasuredStage> stages, ImmutableArray<MeasuredHop> hops, TimeSpan now)
    {
        _askedAt = now;
        _arrives.Asked();
        _ages.Asked();
        _narrows.Asked();
        var question = new ReplanQuestion(_state, _tally.Take(), now, options)
        {
            Nodes = RunTally.NodesOf(_meter!),
            HeldBack = Bottleneck.Waiting(stages, hops, WorthTelling, MostTold),
            Oldest = _oldest,
            Bottleneck = Bottleneck.Of(_meter!.Plan, stages, hops),
        };
        _state = _state with { PlannedAt = now };
        return new RunEvent.ReplanDue(trigger, question);
    }
}
