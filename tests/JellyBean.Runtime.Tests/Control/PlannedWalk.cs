using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>A run whose plans the cluster makes, as whoever coordinates it goes from event to event. Checks at each that nothing is deployed before it is recorded.</summary>
internal sealed class PlannedWalk
{
    public static readonly LocalClusterOptions Options = new();
    public static readonly RunRules Rules = new(ClusterFixture.Fingerprint, Options);

    private readonly RunMachine _machine;
    private TimeSpan _now;
    private long _recorded;

    /// <param name="rules">What is decided by.</param>
    public PlannedWalk(RunRules rules) => _machine = new RunMachine(rules);

    public RunState State { get; private set; } = new();

    public int Ends { get; private set; }

    public RunRecord LastRecord { get; private set; } = RunRecord.Empty;

    /// <summary>What decides: everything but times, numbers of epochs and what was told.</summary>
    public string Key => string.Join(
        ' ',
        State.Phase,
        Ends,
        string.Join(',', State.Nodes.Select(n => $"{n.Key}{n.Value.IsReachable}{n.Value.IsLeaving}")),
        State.Run?.Failure is null,
        State.Run?.Problem is null,
        State.Run?.Shortfalls.Length,
        State.Run?.Failures.Length,
        State.Run?.IsDraining,
        State.Run?.Next is null,
        State.Run?.Wish?.IsUrgent,
        State.Run?.SeekAgainAt is null,
        State.Run?.Unplanned is null,
        State.Run?.ClosingSince is null,
        State.Run?.Transition is { } t ? $"{t.Step}{t.IsUrgent}{string.Join(',', t.Awaited)}" : "",
        State.Run?.Epoch == 0,
        string.Join(',', State.Run?.Former ?? []),
        string.Join(',', State.Run?.Parts.Select(p => $"{p.Key}{p.Value.IsDeployed}{p.Value.IsCompleted}{p.Value.IsStopped}{p.Value.Report is null}") ?? []));

    public RunEvent Answer(Plan plan) => new RunEvent.Planned(State.Asked, new ClusterPlan { Plan = plan });

    public void Deploy(Plan plan, ImmutableArray<string> shortfalls = default)
    {
        Do(new RunEvent.Planned(State.Asked, new ClusterPlan { Plan = plan, Shortfalls = shortfalls.IsDefault ? [] : shortfalls }));
        Do(new RunEvent.Recorded());
        foreach (var worker in State.Run!.Parts.Keys)
        {
            Do(new RunEvent.NodeDeployed(worker, State.Run!.Epoch));
        }
    }

    /// <summary>All nodes prepare a plan, and take over.</summary>
    public ImmutableArray<RunEffect> TakePlace(long epoch, params WorkerId[] workers)
    {
        foreach (var worker in workers)
        {
            Do(new RunEvent.NodeDeployed(worker, epoch));
        }

        Do(new RunEvent.Recorded());
        ImmutableArray<RunEffect> last = [];
        foreach (var worker in workers)
        {
            last = Do(new RunEvent.NodeTakenOver(worker, epoch));
        }

        return last;
    }

    public ImmutableArray<RunEffect> Do(RunEvent occurred, TimeSpan after = default)
    {
        _now += after;
        _recorded = occurred switch
        {
            RunEvent.Recorded => LastRecord.Epoch,
            RunEvent.Began e => e.Record.Epoch,
            _ => _recorded,
        };
        var step = _machine.Next(State, occurred, _now);
        State = step.State;
        Ends += step.Effects.Count(e => e is RunEffect.Complete or RunEffect.Fail);
        LastRecord = step.Effects.OfType<RunEffect.Record>().LastOrDefault()?.What ?? LastRecord;
        Assert.All(step.Effects.OfType<RunEffect.Send>().Select(s => s.Message).OfType<Deploy>().Where(d => d.Former.Length == 0), d => Assert.InRange(d.Epoch, 1, _recorded));
        Assert.All(step.Effects.OfType<RunEffect.Send>().Select(s => s.Message).OfType<TakeOver>(), d => Assert.InRange(d.Epoch, 1, _recorded));
        return step.Effects;
    }

    public PlannedWalk Copy() => (PlannedWalk)MemberwiseClone();

    /// <summary>Nodes are there, and nothing runs.</summary>
    public PlannedWalk Join(params IEnumerable<WorkerId> workers)
    {
        Do(new RunEvent.Began(1, RunRecord.Empty));
        foreach (var worker in workers)
        {
            Do(new RunEvent.NodeAnnounced(Hello(worker)));
        }

        return this;
    }

    /// <summary>Nodes are there, and run a plan that uses all of them.</summary>
    public PlannedWalk Run(ImmutableArray<string> shortfalls, params WorkerId[] workers)
    {
        Join(workers).Do(new RunEvent.Wanted("run"));
        Deploy(PlanOf(workers), shortfalls);
        Assert.Equal(RunPhase.Running, State.Phase);
        return this;
    }

    public static PlannedWalk With(params WorkerId[] workers) => new PlannedWalk(Rules).Join(workers);

    public static PlannedWalk Running(params WorkerId[] workers) => Running([], workers);

    public static PlannedWalk Running(ImmutableArray<string> shortfalls, params WorkerId[] workers) => new PlannedWalk(Rules).Run(shortfalls, workers);

    public static Plan PlanOf(params WorkerId[] workers) => ClusterFixture.Plan([.. workers.Select(w => w.Value)]);

    public static Announce Hello(WorkerId worker) =>
        new(ControlProtocol.Version, ClusterFixture.Node(worker.Value, Tier.Edge), ClusterFixture.Fingerprint, "one", 0, 0, new NodeAddress("127.0.0.1", 4));

    public static FragmentReport Fragment(WorkerId worker, long epoch) => new(epoch, worker, [], [], [], [], FailureReport.None);
}
