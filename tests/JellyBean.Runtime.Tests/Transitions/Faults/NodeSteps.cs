using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>What a node does with what it is told: as its agent, which decides by the same <see cref="Holdings{T}"/>.</summary>
internal static class NodeSteps
{
    /// <summary>It takes the next message that has come.</summary>
    public static World Take(World world, WorkerId worker)
    {
        var node = world[worker];
        var (term, message) = node.In[0];
        node = node with { In = node.In.RemoveAt(0) };
        world = world.With(worker, node);
        switch (message)
        {
            case null when node.Listens == term:
                return Tell(world.With(worker, node with { Listens = null }), worker, Hello(world, worker));
            case Welcome when node.Listens != term && term >= node.LastTerm:
                return Report(world.With(worker, node with { Listens = term, LastTerm = term }), worker);
            case null or Welcome or Refused:
                return world;
            case var _ when node.Listens != term:
                return world;
            case Deploy deploy:
                return OnDeploy(world, worker, deploy);
            case TakeOver order:
                return OnTakeOver(world, worker, order.Epoch);
            case Abandon abandon:
                return Step(world, worker, node.Held.Abandon(abandon.Epoch));
            case Start start when node.Held.Current is { } current && current.Epoch == start.Epoch:
                return Report(current is { IsReady: true, IsStarted: false } ? DataSteps.Begin(world.With(worker, node.With(current, current with { IsStarted = true })), worker, start.Epoch) : world, worker);
            case Stop stop:
                return Tell(Step(world, worker, node.Held.Stop(stop.Epoch)), worker, new Stopped(stop.Epoch));
            default:
                return world;
        }
    }

    /// <summary>A part that was being made is ready, or cannot be made.</summary>
    public static World Prepared(World world, WorkerId worker, HeldPart part, string? failure)
    {
        if (failure is not null)
        {
            return Tell(world.With(worker, world[worker].With(part, part with { Failure = failure })), worker, new DeployFailed(part.Epoch, failure));
        }

        if (worker == ModelPlans.Gate && part.Former is null)
        {
            // Its sink takes back what lies behind the snapshot, and lets nobody of an older epoch in.
            world = world with { Table = world.Table with { Rows = part.From, Fence = part.Epoch } };
        }

        return Tell(world.With(worker, world[worker].With(part, part with { IsReady = true })), worker, new Deployed(part.Epoch));
    }

    /// <summary>What ran before is drained, and all of it handed over; or it could not be.</summary>
    public static World TookOver(World world, WorkerId worker, HeldPart current, string? failure)
    {
        if (failure is not null)
        {
            return Report(world.With(worker, world[worker].With(current, current with { Failure = failure })), worker);
        }

        var node = world[worker].With(current, current with { HasTakenOver = true });
        world = world.With(worker, node);
        if (node.Held.Former is { } former)
        {
            world = Step(world, worker, node.Held.Release(former));
        }

        return Tell(world, worker, new TakenOver(current.Epoch));
    }

    public static Announce Hello(World world, WorkerId worker) => new(
        ControlProtocol.Version,
        new NodeDescription { Worker = worker, Tier = Tier.Edge, Cores = 1, MemoryBytes = 1 << 30 },
        ModelPlans.Fingerprint,
        $"{worker}-{world[worker].Instance}",
        world[worker].Held.LastEpoch,
        world[worker].Held.Current?.Epoch ?? 0,
        new NodeAddress("127.0.0.1", 4))
    {
        PreparedEpoch = world[worker].Held.Next?.Epoch ?? 0,
    };

    /// <summary>What it says of what it runs; null if that is nothing.</summary>
    public static IControlMessage? Said(World world, WorkerId worker) => world[worker] switch
    {
        { Listens: not null, Held.Current: { Failure: { } failure, IsReady: true } current } => new FragmentFailed(current.Epoch, failure),
        { Listens: not null, Held.Current: { IsStarted: true } current } => new Report(new FragmentReport(current.Epoch, worker, [], [], [], [], FailureReport.None)),
        _ => null,
    };

    private static World Report(World world, WorkerId worker)
    {
        // What is known already changes nothing.
        var said = Said(world, worker);
        var isKnown = said is Report report && world.State.Run is { } run && run.Epoch == report.Fragment.Epoch && run.Parts.TryGetValue(worker, out var part) && part.Report is not null;
        return said is null || isKnown ? world : Tell(world, worker, said);
    }

    private static World OnDeploy(World world, WorkerId worker, Deploy deploy)
    {
        var held = world[worker].Held;
        switch (held.Known(deploy.Epoch))
        {
            case { Failure: { } failure }:
                return Tell(world, worker, new DeployFailed(deploy.Epoch, failure));
            case { IsReady: true }:
                return Tell(world, worker, new Deployed(deploy.Epoch));
            case not null:
                return world;
        }

        if (held.Objection(deploy.Epoch) is { } objection)
        {
            return Tell(world, worker, new DeployFailed(deploy.Epoch, objection));
        }

        var part = new HeldPart(deploy.Epoch, ModelPlans.HubOf(ModelPlans.Of(deploy.Plan)));
        if (deploy.Former.Length > 0)
        {
            var former = ModelPlans.Of(deploy.Former);
            if (held.ObjectionBeside(former.Epoch, worker == ModelPlans.Gate || worker == ModelPlans.HubOf(former)) is { } reason)
            {
                return Tell(world, worker, new DeployFailed(deploy.Epoch, reason));
            }

            world = Step(world, worker, held.ClearNext());
            return world.With(worker, world[worker] with { Held = world[worker].Held.Prepare(part with { Former = former.Epoch }) });
        }

        if ((deploy.Resume ?? 0) != world.Table.Snapshot)
        {
            return world.Broken($"Epoch {deploy.Epoch} goes on from snapshot {deploy.Resume}; complete is {world.Table.Snapshot}.");
        }

        world = Step(world, worker, held.Clear()) with { Restored = world.Restored + 1 };
        return world.With(worker, world[worker] with { Held = world[worker].Held.Deploy(part with { From = world.Table.Kept }) });
    }

    private static World OnTakeOver(World world, WorkerId worker, long epoch)
    {
        var node = world[worker];
        if (node.Held.Current is { } current && current.Epoch == epoch)
        {
            return current switch
            {
                { Failure: not null } => Report(world, worker),
                { HasTakenOver: true } => Tell(world, worker, new TakenOver(epoch)),
                _ => world,
            };
        }

        if (!node.Held.CanTakeOver(epoch))
        {
            return Tell(world, worker, new FragmentFailed(epoch, "not prepared"));
        }

        node = node with { Held = node.Held.TakeOver() };
        var next = node.Held.Current!;
        return Report(DataSteps.Begin(world.With(worker, node.With(next, next with { IsStarted = true })), worker, epoch), worker);
    }

    private static World Step(World world, WorkerId worker, HoldingsStep<HeldPart> step)
    {
        world = world.With(worker, world[worker] with { Held = step.Next });
        return step.Ended.Aggregate(world, (w, part) => DataSteps.End(w, worker, part.Epoch));
    }

    private static World Tell(World world, WorkerId worker, IControlMessage message)
    {
        var node = world[worker];

        // Who listens to nobody has nobody to tell; only its hellos find whoever coordinates.
        return node.IsConnected && (node.Listens is not null || message is Announce) ? world.With(worker, node with { Out = node.Out.Add(message) }) : world;
    }
}
