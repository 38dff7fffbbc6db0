using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>What whoever coordinates does: the machine itself, with the model's journal, planner and messages around it.</summary>
internal static class LeadSteps
{
    private static readonly LocalClusterOptions Options = new();
    private static readonly RunMachine Machine = new(new RunRules(ModelPlans.Fingerprint, Options));

    /// <summary>After this, every deadline has passed.</summary>
    public static readonly TimeSpan Longest = new[] { Options.JoinDeadline, Options.DeployDeadline, Options.DrainDeadline, Options.SilenceDeadline, Options.StopDeadline }.Max();

    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static World Do(World world, RunEvent occurred, WorkerId? from = null)
    {
        var step = Machine.Next(world.State, occurred, world.Now);
        world = world with { State = step.State };
        if (occurred is RunEvent.NodeAnnounced { Announce: var hello } && step.Effects is [RunEffect.Reply { Message: Welcome }, ..])
        {
            world = world with { Welcomed = world.Welcomed.SetItem(hello.Worker, world[hello.Worker].Instance) };
        }

        foreach (var effect in step.Effects)
        {
            world = effect switch
            {
                RunEffect.Reply { Message: CommandIs } => world,
                RunEffect.Reply e => Send(world, from!.Value, e.Message),
                RunEffect.Send e when world.Welcomed.ContainsKey(e.Worker) => Send(world, e.Worker, e.Message),
                RunEffect.MakePlan e => world with { Questions = world.Questions.Add(e) },
                RunEffect.Record e => world with { Asked = e.What },
                RunEffect.Complete or RunEffect.Fail => world.Broken($"The run has ended: {world.State.Ended?.Failure}"),
                _ => world,
            };
        }

        return world;
    }

    /// <summary>The next message of a node is taken.</summary>
    public static World Take(World world, WorkerId worker)
    {
        var node = world[worker];
        var message = node.Out[0];
        world = world.With(worker, node with { Out = node.Out.RemoveAt(0) });
        if (message is Announce hello)
        {
            return Do(world, new RunEvent.NodeAnnounced(hello), worker);
        }

        if (!world.Welcomed.ContainsKey(worker))
        {
            return world;
        }

        return message switch
        {
            null => Do(world with { Welcomed = world.Welcomed.Remove(worker) }, new RunEvent.NodeLost(worker)),
            Deployed m => Do(world, new RunEvent.NodeDeployed(worker, m.Epoch)),
            DeployFailed m => Do(world, new RunEvent.NodeDeployFailed(worker, m.Epoch, m.Reason) { IsPossibleFromSnapshot = m.IsPossibleFromSnapshot }),
            TakenOver m => Do(world, new RunEvent.NodeTakenOver(worker, m.Epoch)),
            FragmentFailed m => Do(world, new RunEvent.NodeFailed(worker, m.Epoch, m.Cause)),
            Report m => Do(world, new RunEvent.NodeReported(worker, m.Fragment)),
            Stopped m => Do(world, new RunEvent.NodeStopped(worker, m.Epoch)),
            Leaving => Do(world, new RunEvent.NodeLeaving(worker)),
            _ => throw new InvalidOperationException($"Nobody takes {message}."),
        };
    }

    public static IEnumerable<Step> Of(World world)
    {
        if (world.Asked is { } asked)
        {
            yield return new("it is recorded", Do(world with { Kept = RunRecord.FromBytes(asked.ToBytes()), Asked = null }, new RunEvent.Recorded()));
        }

        if (world.Questions is [var question, ..])
        {
            yield return new("a plan is made", Do(world with { Questions = world.Questions.RemoveAt(0) }, new RunEvent.Planned(question.Asked, PlanFor(question.Request))));
        }

        if (world.Scenario.IsProposedBack && !world.IsNextProposed)
        {
            yield return new("a plan back is proposed", Do(world with { IsNextProposed = true }, new RunEvent.Proposed(ModelPlans.On(ModelPlans.Old), "It is better still.")));
        }

        if (world.Scenario.TakesSnapshots && world.State is { Phase: RunPhase.Running, Run: { } run } && world.Pipes.GetValueOrDefault(run.Epoch) is { IsQuiet: true } && world.Table.Kept < world.Table.Rows)
        {
            var table = world.Table with { Snapshot = world.Table.Snapshot + 1, Kept = world.Table.Rows };
            yield return new("a snapshot is complete", Do(world with { Table = table }, new RunEvent.SnapshotComplete(table.Snapshot, Receipts(table.Snapshot))));
        }
    }

    /// <summary>Time passes: nodes say hello and report again, and what is due happens.</summary>
    public static World Wait(World world, TimeSpan time)
    {
        world = world with { Now = world.Now + time };
        foreach (var (worker, node) in world.Nodes.Where(n => n.Value is { IsAlive: true, IsConnected: true }))
        {
            world = Do(world, new RunEvent.NodeAnnounced(NodeSteps.Hello(world, worker)), worker);
            if (node.Listens != world.Term)
            {
                continue;
            }

            world = NodeSteps.Said(world, worker) switch
            {
                Report m => Do(world, new RunEvent.NodeReported(worker, m.Fragment)),
                FragmentFailed m => Do(world, new RunEvent.NodeFailed(worker, m.Epoch, m.Cause)),
                _ => world,
            };
            if (node is { IsLeaving: true, Held.Current: not null })
            {
                world = Do(world, new RunEvent.NodeLeaving(worker));
            }
        }

        return Do(world, new RunEvent.Tick());
    }

    /// <summary>Whoever coordinates dies, and another one goes on with what is kept.</summary>
    public static World Replace(World world, RunRecord kept)
    {
        var term = world.Term;
        world = world with { Term = term + 1, State = new RunState(), Kept = RunRecord.FromBytes(kept.ToBytes()), Asked = null, Questions = [], Welcomed = world.Welcomed.Clear() };
        foreach (var (worker, node) in world.Nodes)
        {
            world = world.With(worker, node with { Out = [], In = node is { IsAlive: true, IsConnected: true } ? node.In.Add((term, null)) : node.In });
        }

        return Do(world, new RunEvent.Began(world.Term, world.Kept));
    }

    public static System.Collections.Immutable.ImmutableArray<SnapshotReceipt> Receipts(long snapshot) => [new SnapshotReceipt(snapshot, ModelPlans.Gate, 1, 1)];

    private static World Send(World world, WorkerId worker, IControlMessage message)
    {
        var node = world[worker];

        // Who knows already takes no notice.
        var isKnown = message is Welcome && node.Listens == world.Term;
        return node is { IsAlive: true, IsConnected: true } && !isKnown ? world.With(worker, node with { In = node.In.Add((world.Term, message)) }) : world;
    }

    private static ClusterPlan PlanFor(ClusterPlanRequest request)
    {
        var there = request.Members.Select(m => m.Worker).ToHashSet();
        WorkerId[] hubs = [ModelPlans.Old, ModelPlans.New];
        return there.Contains(ModelPlans.Gate) && hubs.Where(there.Contains).ToList() is [var hub, ..]
            ? new ClusterPlan { Plan = ModelPlans.On(hub) }
            : new ClusterPlan { Reasons = ["Somebody is missing."] };
    }
}
