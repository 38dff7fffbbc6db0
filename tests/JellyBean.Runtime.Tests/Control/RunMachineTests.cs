using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using Deploy = JellyBean.Runtime.Control.Protocol.Deploy;
using Drain = JellyBean.Runtime.Control.Protocol.Drain;

namespace JellyBean.Runtime.Tests.Control;

public sealed class RunMachineTests
{
    private static readonly WorkerId A = new("a");
    private static readonly WorkerId B = new("b");
    private static readonly LocalClusterOptions Options = new();
    private static readonly SnapshotOptions Snapshots = new() { Folder = "unused" };
    private static readonly RunMachine Machine = new(new RunRules(ClusterFixture.Fingerprint, Options));
    private static readonly RunMachine Securing = new(new RunRules(ClusterFixture.Fingerprint, Options with { Snapshots = Snapshots }));

    [Fact]
    public void Announced_other_protocol_version_is_refused_with_both()
    {
        var effects = new Walk().Do(new RunEvent.NodeAnnounced(Hello(A) with { ProtocolVersion = ControlProtocol.Version + 1 }));

        var refused = Assert.IsType<Refused>(Assert.IsType<RunEffect.Reply>(Assert.Single(effects)).Message);
        Assert.Contains($"version {ControlProtocol.Version + 1}", refused.Reason, StringComparison.Ordinal);
        Assert.Contains($"version {ControlProtocol.Version}", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Announced_second_node_for_a_worker_is_refused_until_the_first_is_lost()
    {
        var walk = new Walk();
        walk.Do(new RunEvent.NodeAnnounced(Hello(A)));

        var meanwhile = walk.Do(new RunEvent.NodeAnnounced(Hello(A) with { Instance = "other" }));
        walk.Do(new RunEvent.NodeLost(A));
        var after = walk.Do(new RunEvent.NodeAnnounced(Hello(A) with { Instance = "other" }));

        Assert.IsType<Refused>(((RunEffect.Reply)meanwhile[0]).Message);
        Assert.IsType<Welcome>(((RunEffect.Reply)after[0]).Message);
    }

    [Fact]
    public void Announced_with_a_fragment_of_another_epoch_it_is_told_to_stop_it()
    {
        var effects = new Walk().Do(new RunEvent.NodeAnnounced(Hello(A) with { LastEpoch = 7, RunningEpoch = 7 }));

        Assert.Equal([new Welcome(0), new Stop(7)], effects.Select(e => ((RunEffect.Reply)e).Message));
    }

    [Fact]
    public void Submitted_nodes_missing_waits_for_them_and_deploys_above_every_epoch_they_know()
    {
        var walk = new Walk();
        walk.Do(new RunEvent.Submitted("run", PlanOf(A, B)));
        walk.Do(new RunEvent.NodeAnnounced(Hello(A) with { LastEpoch = 41 }));
        Assert.Equal(RunPhase.Gathering, walk.State.Phase);

        var effects = walk.Do(new RunEvent.NodeAnnounced(Hello(B)));

        Assert.Equal(RunPhase.Deploying, walk.State.Phase);
        Assert.Equal([(A, 42L), (B, 42L)], effects.OfType<RunEffect.Send>().Select(s => (s.Worker, ((Deploy)s.Message).Epoch)));
        Assert.All(effects.OfType<RunEffect.Send>(), s => Assert.Equal([A, B], ((Deploy)s.Message).Peers.Select(p => p.Worker)));
    }

    [Fact]
    public void Submitted_nodes_stay_missing_fails_and_names_them()
    {
        var walk = new Walk();
        walk.Do(new RunEvent.NodeAnnounced(Hello(A)));
        walk.Do(new RunEvent.Submitted("run", PlanOf(A, B)));

        var effects = walk.Do(new RunEvent.Tick(), after: Options.JoinDeadline);

        Assert.Contains(": b.", Assert.IsType<RunEffect.Fail>(Assert.Single(effects)).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Submitted_plan_for_another_workflow_fails_with_both_fingerprints()
    {
        var effects = new Walk().Do(new RunEvent.Submitted("run", PlanOf(A) with { WorkflowFingerprint = "beef" }));

        var failure = Assert.IsType<RunEffect.Fail>(Assert.Single(effects)).Failure;
        Assert.Contains("beef", failure.Message, StringComparison.Ordinal);
        Assert.Contains(ClusterFixture.Fingerprint, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tick_answers_are_missing_only_those_nodes_are_asked_again()
    {
        var walk = Deploying();
        walk.Do(new RunEvent.NodeDeployed(A, 1));

        var effects = walk.Do(new RunEvent.Tick(), after: TimeSpan.FromSeconds(1));

        Assert.Equal(B, Assert.IsType<RunEffect.Send>(Assert.Single(effects)).Worker);
    }

    [Fact]
    public void Drained_before_it_started_completes_with_nothing()
    {
        var walk = Deploying();
        walk.Do(new RunEvent.DrainRequested());
        walk.Do(new RunEvent.NodeStopped(A, 1));

        var effects = walk.Do(new RunEvent.NodeStopped(B, 1));

        Assert.True(Assert.IsType<RunEffect.Complete>(Assert.Single(effects)).Report is { IsComplete: true, Fragments.IsEmpty: true });
    }

    [Fact]
    public void Completed_says_all_that_reports_which_were_lost_said()
    {
        var walk = Running();
        var last = Fragment(A) with { Failures = new FailureReport([new FailedElements(new SourceId("in/x"), 1, [new NumberRange(3, 3)])], [], 0) };
        walk.Do(new RunEvent.NodeReported(A, Fragment(A)));
        walk.Do(new RunEvent.NodeCompleted(A, last));
        walk.Do(new RunEvent.NodeReported(A, Fragment(A)));
        walk.Do(new RunEvent.NodeCompleted(B, Fragment(B)));
        walk.Do(new RunEvent.NodeStopped(A, 1));

        var effects = walk.Do(new RunEvent.NodeStopped(B, 1));

        Assert.Equal([last, Fragment(B)], Assert.IsType<RunEffect.Complete>(Assert.Single(effects)).Report.Fragments.ToArray());
    }

    [Fact]
    public void Failed_on_one_node_stops_the_others_and_says_why()
    {
        var walk = Running();

        var effects = walk.Do(new RunEvent.NodeFailed(B, 1, "It broke."));
        walk.Do(new RunEvent.NodeStopped(A, 1));
        var ended = walk.Do(new RunEvent.NodeStopped(B, 1));

        Assert.Equal([new Stop(1), new Stop(1)], effects.OfType<RunEffect.Send>().Select(s => s.Message));
        Assert.Equal("The fragment on node 'b' failed. It broke.", Assert.IsType<RunEffect.Fail>(Assert.Single(ended)).Failure.Message);
    }

    [Fact]
    public void Silent_node_fails_the_run_and_is_named()
    {
        var walk = Running();
        walk.Do(new RunEvent.Tick(), after: Options.SilenceDeadline - TimeSpan.FromSeconds(1));
        walk.Do(new RunEvent.NodeReported(A, Fragment(A)));

        walk.Do(new RunEvent.Tick(), after: TimeSpan.FromSeconds(1));
        var effects = walk.Do(new RunEvent.Tick(), after: Options.StopDeadline);

        var failure = Assert.IsType<RunEffect.Fail>(Assert.Single(effects)).Failure;
        Assert.Equal(B, failure.Worker);
        Assert.Contains("did not confirm that they stopped: a, b", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lost_node_while_running_does_not_end_the_run()
    {
        var walk = Running();

        Assert.Empty(walk.Do(new RunEvent.NodeLost(A)));
        Assert.Equal(RunPhase.Running, walk.State.Phase);
    }

    /// <summary>Whatever sequence of events, stale and doubled ones included, what must hold holds in every state that can be reached.</summary>
    [Fact]
    public void Every_sequence_of_events_ends_a_run_at_most_once_and_within_its_deadlines()
    {
        RunEvent[] events =
        [
            new RunEvent.NodeAnnounced(Hello(A)),
            new RunEvent.NodeAnnounced(Hello(B)),
            new RunEvent.NodeLost(B),
            new RunEvent.DrainRequested(),
            new RunEvent.AbortRequested("enough"),
            new RunEvent.NodeDeployed(A, 1),
            new RunEvent.NodeDeployed(B, 1),
            new RunEvent.NodeDeployed(B, 0),
            new RunEvent.NodeDeployFailed(B, 1, "no"),
            new RunEvent.NodeReported(A, Fragment(A)),
            new RunEvent.NodeReported(B, Fragment(B)),
            new RunEvent.NodeCompleted(A, Fragment(A)),
            new RunEvent.NodeCompleted(B, Fragment(B)),
            new RunEvent.NodeFailed(B, 1, "broken"),
            new RunEvent.NodeStopped(A, 1),
            new RunEvent.NodeStopped(B, 1),
            new RunEvent.SnapshotComplete(1, []),
            new RunEvent.Secured(),
            new RunEvent.Recorded(),
            new RunEvent.Tick(),
        ];
        var begun = new Walk(Securing) { RecordsAtOnce = false };
        begun.Do(new RunEvent.Submitted("run", PlanOf(A, B)));

        // States that are equal in what decides are walked once; a level adds one event.
        var level = new Dictionary<string, Walk> { [begun.Key] = begun };
        var seen = new HashSet<string>(level.Keys);
        var phases = new HashSet<RunPhase>();
        while (level.Count > 0)
        {
            var next = new Dictionary<string, Walk>();
            foreach (var walk in level.Values)
            {
                phases.Add(walk.State.Phase);
                EndsByItself(walk.Copy());
                foreach (var occurred in events)
                {
                    var then = walk.Copy();
                    then.Do(occurred, after: TimeSpan.FromMilliseconds(10));
                    Holds(then);
                    if (seen.Add(then.Key))
                    {
                        next[then.Key] = then;
                    }
                }
            }

            level = next;
        }

        Assert.Equal(Enum.GetValues<RunPhase>().Except([RunPhase.Planning, RunPhase.Moving]).Order(), phases.Order());
        Assert.True(seen.Count > 100, $"Only {seen.Count} states were reached.");
    }

    private static void Holds(Walk walk)
    {
        Assert.InRange(walk.Ends, 0, 1);
        Assert.Equal(walk.State.Phase == RunPhase.Idle, walk.State.Run is null);
        Assert.Equal(walk.Ends == 1, walk.State.Run is null);
        if (walk.Completed is { } report)
        {
            Assert.True(report.IsComplete);
            Assert.True(report.Fragments.Length is 0 or 2);
        }
    }

    // Whatever happened: without a word from any node, the deadlines end the run.
    private static void EndsByItself(Walk walk)
    {
        foreach (var wait in new[] { Options.JoinDeadline, Options.DeployDeadline, Options.SilenceDeadline, Options.DrainDeadline, Options.StopDeadline })
        {
            walk.Do(new RunEvent.Tick(), after: wait);
        }

        walk.Do(new RunEvent.Tick(), after: Snapshots.Deadline + Options.StopDeadline);
        walk.Do(new RunEvent.Tick(), after: Options.StopDeadline);
        Assert.Equal(1, walk.Ends);
        Assert.Equal(RunPhase.Idle, walk.State.Phase);
    }

    private static Walk Deploying()
    {
        var walk = new Walk();
        walk.Do(new RunEvent.NodeAnnounced(Hello(A)));
        walk.Do(new RunEvent.NodeAnnounced(Hello(B)));
        walk.Do(new RunEvent.Submitted("run", PlanOf(A, B)));
        return walk;
    }

    private static Walk Running()
    {
        var walk = Deploying();
        walk.Do(new RunEvent.NodeDeployed(A, 1));
        var effects = walk.Do(new RunEvent.NodeDeployed(B, 1));
        Assert.Equal([new Start(1), new Start(1)], effects.OfType<RunEffect.Send>().Select(s => s.Message));
        return walk;
    }

    private static Plan PlanOf(params WorkerId[] workers) => ClusterFixture.Plan([.. workers.Select(w => w.Value)]);

    private static Announce Hello(WorkerId worker) => new(ControlProtocol.Version, ClusterFixture.Node(worker.Value, Tier.Edge), ClusterFixture.Fingerprint, "one", 0, 0, new NodeAddress("127.0.0.1", 4));

    private static FragmentReport Fragment(WorkerId worker) => new(1, worker, [], [], [], [], FailureReport.None);

    /// <summary>A machine's way through events.</summary>
    private sealed class Walk(RunMachine? machine = null)
    {
        private TimeSpan _now;

        public RunState State { get; private set; } = new();

        /// <summary>Whether the journal answers before anything else happens.</summary>
        public bool RecordsAtOnce { get; init; } = true;

        /// <summary>The highest epoch that was recorded.</summary>
        public long Recorded { get; private set; }

        public int Ends { get; private set; }

        public RunReport? Completed { get; private set; }

        /// <summary>What decides: everything but times.</summary>
        public string Key => string.Join(
            ' ',
            State.Phase,
            Ends,
            string.Join(',', State.Nodes.Select(n => $"{n.Key}{n.Value.IsReachable}")),
            State.Run?.Failure?.Message,
            string.Join(',', State.Run?.Parts.Select(p => $"{p.Key}{p.Value.IsDeployed}{p.Value.IsCompleted}{p.Value.IsStopped}{p.Value.Report is null}") ?? []));

        public ImmutableArray<RunEffect> Do(RunEvent occurred, TimeSpan after = default)
        {
            _now += after;
            Recorded = occurred is RunEvent.Recorded ? State.LastEpoch : Recorded;
            var step = (machine ?? Machine).Next(State, occurred, _now);
            State = step.State;
            Assert.All(step.Effects.OfType<RunEffect.Send>().Select(s => s.Message).OfType<Deploy>(), d => Assert.InRange(d.Epoch, 1, Recorded));
            Ends += step.Effects.Count(e => e is RunEffect.Complete or RunEffect.Fail);
            Completed = step.Effects.OfType<RunEffect.Complete>().Select(e => e.Report).SingleOrDefault() ?? Completed;
            return RecordsAtOnce && State.Phase == RunPhase.Recording && occurred is not RunEvent.Recorded
                ? [.. step.Effects.Where(e => e is not RunEffect.Record), .. Do(new RunEvent.Recorded()).Where(e => e is not RunEffect.Tell)]
                : [.. step.Effects.Where(e => e is not RunEffect.Record || !RecordsAtOnce)];
        }

        public Walk Copy() => (Walk)MemberwiseClone();
    }
}
