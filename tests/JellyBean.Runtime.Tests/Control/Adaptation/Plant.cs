using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Adaptation;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

/// <summary>A machine with one model behind a source that drops, in virtual time, under the fast loop: what it measures, and what the loop makes of it.</summary>
/// <param name="plan">What it runs.</param>
/// <param name="options">The loop's.</param>
/// <param name="speed">The machine's, as a part of what the plan says of it.</param>
internal sealed class Plant(Plan plan, AdaptationOptions options, double speed = 1)
{
    // What a source holds before it drops, in seconds at the planned rates.
    private const double MostBacklog = 0.8;

    private readonly FastLoop _loop = new(options);
    private readonly Queue<(double Offered, double Taken)> _window = new();
    private double _backlog;

    public FastState State { get; private set; } = FastState.Begin(plan, options, plan.Placements.ToDictionary(p => p.Operator, p => p.Variant!), 0, FastLoopTests.Nobody)!;

    public TimeSpan Now { get; private set; }

    /// <summary>Whether the source can be told to let in less.</summary>
    public bool CanShed { get; init; } = true;

    /// <summary>Whether what is watched of the model has drifted.</summary>
    public bool HasDrifted { get; init; }

    public List<AdaptationRecord> Decisions { get; } = [];

    /// <summary>What came of each step of time: offered, and processed in time, as multiples of the planned rates.</summary>
    public List<(TimeSpan At, double Offered, double Processed)> Trace { get; } = [];

    public int Steps => Decisions.Count(d => d.Action is AdaptationAction.StepDown or AdaptationAction.StepUp);

    /// <summary>Lets time pass under a load.</summary>
    public Plant Run(TimeSpan length, Func<TimeSpan, double> load)
    {
        var end = Now + length;
        while (Now < end)
        {
            Tick(load(Now));
        }

        return this;
    }

    private void Tick(double offered)
    {
        var dt = options.Every.TotalSeconds;
        Now += options.Every;

        // Busy all the time, it does a quarter more than at what plans leave free.
        var most = State.Current.Capacity / 0.8 * speed;
        var letIn = Math.Min(offered, State.LetIn ?? double.PositiveInfinity);
        var processed = Math.Min(most, letIn + (_backlog / dt));
        _backlog = Math.Clamp(_backlog + ((letIn - processed) * dt), 0, MostBacklog);
        Trace.Add((Now, offered, processed));
        _window.Enqueue((offered, processed));
        if (_window.Count > options.Window / options.Every)
        {
            _window.Dequeue();
        }

        var seen = new LoadMeasurement(
            _window.Average(w => w.Offered), _window.Average(w => w.Taken), TimeSpan.FromSeconds(_backlog), TimeSpan.FromSeconds(_backlog), processed / most, "detector", 0)
        {
            CanShed = CanShed,
            HasDrifted = HasDrifted,
        };
        var step = _loop.Next(State, seen, Now);
        State = step.State;
        if (step.Decision is { } decision)
        {
            Decisions.Add(decision);
        }
    }
}
