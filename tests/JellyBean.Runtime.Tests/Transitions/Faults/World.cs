using System.Collections.Immutable;
using System.Text;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>A cluster of one that coordinates, a gate and two hubs, in the middle of a transition. A value: every step makes another.</summary>
internal sealed record World
{
    public required Scenario Scenario { get; init; }

    public TimeSpan Now { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The term in which somebody coordinates.</summary>
    public long Term { get; init; } = 1;

    public RunState State { get; init; } = new();

    /// <summary>What a majority keeps.</summary>
    public RunRecord Kept { get; init; } = RunRecord.Empty;

    /// <summary>What is asked to be kept, and may be already; null if nothing is.</summary>
    public RunRecord? Asked { get; init; }

    /// <summary>What the planner is asked, one after the other.</summary>
    public ImmutableList<RunEffect.MakePlan> Questions { get; init; } = [];

    /// <summary>The nodes that the coordinator knows, with the instance that it has welcomed.</summary>
    public ImmutableSortedDictionary<WorkerId, int> Welcomed { get; init; } = ImmutableSortedDictionary<WorkerId, int>.Empty;

    public ImmutableSortedDictionary<WorkerId, ModelNode> Nodes { get; init; } = ImmutableSortedDictionary<WorkerId, ModelNode>.Empty;

    public ImmutableSortedDictionary<long, Pipe> Pipes { get; init; } = ImmutableSortedDictionary<long, Pipe>.Empty;

    public Table Table { get; init; } = new(0, 0, 0, 0);

    /// <summary>Faults so far.</summary>
    public int Faults { get; init; }

    /// <summary>Whether one of them took something that the plan in force cannot do without.</summary>
    public bool MayRestore { get; init; }

    /// <summary>Times that fragments began again from a snapshot.</summary>
    public int Restored { get; init; }

    /// <summary>Whether the second proposal was made.</summary>
    public bool IsNextProposed { get; init; }

    /// <summary>What must never happen, and has; null if nothing has.</summary>
    public string? Violation { get; init; }

    public ModelNode this[WorkerId worker] => Nodes[worker];

    public World With(WorkerId worker, ModelNode node) => this with { Nodes = Nodes.SetItem(worker, node) };

    public World With(Pipe pipe) => this with { Pipes = Pipes.SetItem(pipe.Epoch, pipe) };

    public World Broken(string what) => this with { Violation = Violation ?? what };

    /// <summary>Whether it is written, or may be, that the next plan is in force.</summary>
    public bool IsCut() => Kept.Former.Length > 0 || Asked?.Former.Length > 0;

    /// <summary>Whether what is in force cannot go on without a node.</summary>
    public bool Needs(WorkerId worker) => worker == ModelPlans.Gate || IsCut() || this[worker].Held.Current is not null;

    /// <summary>Nothing runs by a plan that is not written down. Behind the cut, what has failed is a crash, known or not.</summary>
    public World Checked()
    {
        if (!MayRestore && IsCut() && Nodes.Values.Any(n => n is { IsAlive: false } or { IsConnected: false }))
        {
            return (this with { MayRestore = true }).Checked();
        }

        var kept = ModelPlans.EpochOf(Kept.Plan);
        var early = Nodes.Values.Select(n => n.Held.Current).FirstOrDefault(p => p is { IsStarted: true } && p.Epoch > kept);
        return early is null ? this : Broken($"Epoch {early.Epoch} runs, and {kept} is the last that is written down.");
    }

    /// <summary>What decides, as a number: everything but times and what was told.</summary>
    public UInt128 Key => Describe(new Digest()).Value;

    /// <inheritdoc />
    public override string ToString()
    {
        var text = new StringBuilder();
        Describe(new Digest(text));
        return text.ToString();
    }

    private Digest Describe(Digest digest)
    {
        digest.Add(Term).Add(State.Phase.ToString()).Add(State.LastEpoch).Add(Faults).Add(MayRestore).Add(Restored > 0).Add(IsNextProposed);
        digest.Add("table").Add(Table.Rows).Add(Table.Fence).Add(Table.Snapshot).Add(Table.Kept);
        Describe(digest.Add("kept"), Kept);
        Describe(digest.Add("asked"), Asked);
        digest.Add("questions");
        foreach (var question in Questions)
        {
            digest.Add(State.Asked - question.Asked).Add(question.Request.Members.Length);
        }

        digest.Add(State.ByHand.Orders.Drained.Count).Add(State.ByHand.Until is null).Add(State.ByHand.Active is null).Add(State.ByHand.Waiting.Length).Add(State.ByHand.Emptying.Count);
        foreach (var (worker, known) in State.Nodes)
        {
            digest.Add(worker.Value).Add(known.IsReachable).Add(known.IsLeaving).Add(known.Last.Instance).Add(Welcomed.GetValueOrDefault(worker));
        }

        if (State.Run is { } run)
        {
            Describe(digest.Add("run"), run);
        }

        foreach (var (worker, node) in Nodes)
        {
            node.Describe(digest.Add("node").Add(worker.Value));
        }

        foreach (var pipe in Pipes.Values)
        {
            pipe.Describe(digest.Add("pipe"));
        }

        return digest;
    }

    private static void Describe(Digest digest, Run run)
    {
        digest.Add(run.Epoch).Add(run.Plan?.Epoch).Add(run.Snapshot).Add(run.Wish is null ? null : run.Wish.IsUrgent ? 1L : 0).Add(run.Problem is null).Add(run.SeekAgainAt is null).Add(run.Failures.Length);
        digest.Add(run.Next is null ? null : ModelPlans.HubOf(run.Next.Plan).Value).Add(run.Next?.IsUrgent == true);
        foreach (var worker in run.Former)
        {
            digest.Add(worker.Value);
        }

        foreach (var (worker, part) in run.Parts)
        {
            digest.Add("part").Add(worker.Value).Add(part.IsDeployed).Add(part.Report is null);
        }

        if (run.Transition is { } transition)
        {
            digest.Add("to").Add(transition.Epoch).Add(transition.Step.ToString()).Add(transition.IsUrgent);
            foreach (var worker in transition.Awaited)
            {
                digest.Add(worker.Value);
            }
        }
    }

    private static void Describe(Digest digest, RunRecord? record)
    {
        if (record is not null)
        {
            digest.Add(record.Epoch).Add(ModelPlans.EpochOf(record.Plan)).Add(ModelPlans.EpochOf(record.Former)).Add(record.Snapshot).Add(record.Orders.Drained.Count);
        }
    }

    /// <summary>A message, for people.</summary>
    public static string Name(IControlMessage? message) => message switch
    {
        null => "gone",
        Deploy m => $"deploy{m.Epoch}{(m.Former.Length > 0 ? "beside" : "")}",
        TakeOver m => $"take-over{m.Epoch}",
        Start m => $"start{m.Epoch}",
        Abandon m => $"abandon{m.Epoch}",
        Stop m => $"stop{m.Epoch}",
        Welcome m => $"welcome{m.Term}",
        Deployed m => $"deployed{m.Epoch}",
        DeployFailed m => $"deploy-failed{m.Epoch}",
        TakenOver m => $"taken-over{m.Epoch}",
        FragmentFailed m => $"failed{m.Epoch}",
        Stopped m => $"stopped{m.Epoch}",
        Report m => $"report{m.Fragment.Epoch}",
        Announce m => $"hello{m.LastEpoch},{m.RunningEpoch},{m.PreparedEpoch},{m.Instance}",
        var m => m.GetType().Name,
    };
}
