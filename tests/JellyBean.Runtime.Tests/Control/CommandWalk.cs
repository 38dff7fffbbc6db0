using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>A coordinator in virtual time, whose nodes and planner do at once what they are told, or only when the test lets them.</summary>
/// <param name="options">Of the coordinator; null for what they are unless set.</param>
internal sealed class CommandWalk(LocalClusterOptions? options = null)
{
    public static readonly WorkerId A = new("a");
    public static readonly WorkerId B = new("b");

    public static readonly SourceId Gate = new("in/gate");

    public static readonly RunRules Rules = new(ClusterFixture.Fingerprint, new LocalClusterOptions())
    {
        Names = new CommandNames
        {
            Pinnable = ImmutableSortedDictionary<OperatorId, Tier?>.Empty.Add(new OperatorId("model"), null).Add(new OperatorId("tracker"), Tier.Cloud),
            Variants = ImmutableSortedDictionary<OperatorId, ImmutableArray<string>>.Empty.Add(new OperatorId("model"), ["small", "large"]),
            Tiers = [Tier.Edge, Tier.Cloud],
            Inputs = [new OperatorId("in")],
            Configured = [Gate],
            Problems = source => source.Settings.ContainsKey("uri") ? [] : [$"{source}.uri is missing."],
        },
    };

    private readonly RunMachine _machine = new(options is null ? Rules : Rules with { Options = options });

    public RunState State { get; private set; } = new();

    public DecisionLog Log { get; private set; } = DecisionLog.Empty;

    /// <summary>What a majority keeps.</summary>
    public RunRecord Kept { get; private set; } = RunRecord.Empty;

    /// <summary>What is asked to be kept.</summary>
    public RunRecord? Asked { get; private set; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>Questions to the planner that are open.</summary>
    public Queue<RunEffect.MakePlan> Questions { get; } = new();

    /// <summary>What runs: the model on the tier that it is pinned to, on edge where it is not; none where nobody is there.</summary>
    public Func<ClusterPlanRequest, ClusterPlan> Planner { get; set; } = request =>
    {
        var tier = request.Pins.GetValueOrDefault(new OperatorId("model"), Tier.Edge);
        return request.Members.FirstOrDefault(m => m.Tier == tier) is { } node
            ? new ClusterPlan { Plan = PlanOn(node.Worker, request.Variants.GetValueOrDefault(new OperatorId("model"), "small")) }
            : new ClusterPlan { Reasons = [$"There is no {tier}."] };
    };

    public static CommandWalk Running(LocalClusterOptions? options = null, Func<ClusterPlanRequest, ClusterPlan>? planner = null)
    {
        var walk = new CommandWalk(options);
        walk.Planner = planner ?? walk.Planner;
        walk.Begin(1, RunRecord.Empty);
        walk.Do(new RunEvent.Wanted("run"));
        walk.Settle();
        Assert.Equal((RunPhase.Running, 1L), (walk.State.Phase, walk.State.Run!.Epoch));
        return walk;
    }

    public static Command Command(CommandKind kind, string subject = "", string argument = "", bool dry = false, string? id = null) =>
        new(ControlProtocol.Version, id ?? Guid.NewGuid().ToString("N"), kind, subject, argument, dry);

    public static Plan PlanOn(WorkerId worker, string variant = "small") => ClusterFixture.Plan(worker.Value) with
    {
        Placements = [new Placement { Operator = new OperatorId("model"), Variant = variant, Instances = [new Instance { Worker = worker }] }],
        Cost = new PlanCost { ComputePerHour = worker == A ? 1 : 2, NetworkPerHour = 0 },
    };

    /// <summary>A coordinator begins: node <c>a</c> of edge and node <c>b</c> of cloud say hello.</summary>
    public void Begin(long term, RunRecord record)
    {
        (State, Asked) = (new RunState(), null);
        Questions.Clear();
        Do(new RunEvent.Began(term, record));
        Do(Hello(A, Tier.Edge));
        Do(Hello(B, Tier.Cloud));
    }

    /// <summary>The coordinator dies, and another one begins with what a majority keeps.</summary>
    public void Replace() => Begin(State.Term + 1, RunRecord.FromBytes(Kept.ToBytes()));

    public RunEvent.NodeAnnounced Hello(WorkerId worker, Tier tier) => new(new Announce(
        ControlProtocol.Version, ClusterFixture.Node(worker.Value, tier), ClusterFixture.Fingerprint, "one", Kept.Epoch, 0, new NodeAddress("127.0.0.1", 4)));

    public ImmutableArray<RunEffect> Do(RunEvent occurred, TimeSpan after = default)
    {
        Now += after;
        var before = State;
        var step = _machine.Next(State, occurred, Now);
        State = step.State;
        Log = Log.Next(before, State, Now, DateTimeOffset.UnixEpoch + Now);
        foreach (var effect in step.Effects)
        {
            switch (effect)
            {
                case RunEffect.MakePlan e:
                    Questions.Enqueue(e);
                    break;
                case RunEffect.Record e:
                    Asked = e.What;
                    break;
            }
        }

        return step.Effects;
    }

    /// <summary>Asks as a client does.</summary>
    /// <returns>The outcome; null while it goes on.</returns>
    public CommandOutcome? Ask(Command command)
    {
        var reply = Do(new RunEvent.Commanded(command)).OfType<RunEffect.Reply>().Single().Message;
        return (reply as CommandIs)?.Outcome;
    }

    /// <summary>One thing that is due: an answer of the planner, of the journal, of a node.</summary>
    /// <returns>Whether anything was.</returns>
    public bool StepOnce()
    {
        if (Questions.TryDequeue(out var question))
        {
            Do(new RunEvent.Planned(question.Asked, Planner(question.Request)));
            return true;
        }

        if (Asked is { } asked)
        {
            (Kept, Asked) = (asked, null);
            Do(new RunEvent.Recorded());
            return true;
        }

        var run = State.Run;
        switch (State.Phase)
        {
            case RunPhase.Running when run!.Transition is { } preparing:
                Do(new RunEvent.NodeDeployed(preparing.Awaited[0], preparing.Epoch));
                return true;
            case RunPhase.Moving when run!.Transition is { Step: TransitionStep.TakingOver } moving:
                Do(new RunEvent.NodeTakenOver(moving.Awaited[0], moving.Epoch));
                return true;
            case RunPhase.Deploying:
                Do(new RunEvent.NodeDeployed(run!.Where(p => !p.IsDeployed).First(), run.Epoch));
                return true;
            case RunPhase.Stopping:
                Do(new RunEvent.NodeStopped(run!.Where(p => !p.IsStopped).First(), run.Epoch));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whatever is due happens, until nothing is.</summary>
    public void Settle()
    {
        for (var steps = 0; StepOnce() || Waits(); steps++)
        {
            Assert.True(steps < 1_000, "It never settles.");
        }
    }

    /// <summary>Asks until the outcome is there.</summary>
    public CommandOutcome Await(Command command)
    {
        for (var asks = 0; asks < 20; asks++)
        {
            if (Ask(command) is { } outcome)
            {
                return outcome;
            }

            Settle();
        }

        throw new InvalidOperationException($"'{command}' is never answered.");
    }

    private bool Waits()
    {
        if (State.ByHand.Waiting.IsEmpty)
        {
            return false;
        }

        Do(new RunEvent.Tick(), TimeSpan.FromMilliseconds(100));
        return !State.ByHand.Waiting.IsEmpty || State.ByHand.Active is not null;
    }
}
