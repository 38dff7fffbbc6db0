using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>What can go wrong, and how what is broken comes back.</summary>
internal static class FaultSteps
{
    public static IEnumerable<Step> Of(World world)
    {
        foreach (var (worker, node) in world.Nodes)
        {
            if (!node.IsAlive && node.Out.IsEmpty)
            {
                yield return new($"{worker} is started again", Restarted(world, worker));
            }

            if (node is { IsAlive: true, IsConnected: false } && node.Out.IsEmpty)
            {
                var healed = world.With(worker, node with { IsConnected = true, Listens = null });
                yield return new($"{worker} is reached again", healed.With(worker, healed[worker] with { Out = [NodeSteps.Hello(healed, worker)] }));
            }
        }

        if (world.Faults >= world.Scenario.Faults)
        {
            yield break;
        }

        var faulty = world with { Faults = world.Faults + 1 };
        yield return new("the coordinator dies", LeadSteps.Replace(faulty, world.Kept), IsFault: true);
        if (world.Asked is { } asked)
        {
            yield return new("the coordinator dies, but what it asked is kept", LeadSteps.Replace(faulty, asked), IsFault: true);
        }

        yield return new("deadlines pass", LeadSteps.Wait(world.IsCut() ? faulty with { MayRestore = true } : faulty, LeadSteps.Longest), IsFault: true);
        foreach (var (worker, node) in world.Nodes.Where(n => n.Value.IsAlive))
        {
            var lossy = faulty with { MayRestore = world.MayRestore || world.Needs(worker) };
            yield return new($"{worker} is killed", Killed(lossy, worker), IsFault: true);
            if (node.IsConnected)
            {
                yield return new($"{worker} is cut off", lossy.With(worker, node with { IsConnected = false, In = [], Out = [null] }), IsFault: true);
            }

            if (!node.In.IsEmpty && node.In[0].Message is not null)
            {
                yield return new($"'{World.Name(node.In[0].Message)}' to {worker} is lost", faulty.With(worker, node with { In = node.In.RemoveAt(0) }), IsFault: true);
            }

            if (!node.Out.IsEmpty && node.Out[0] is not null)
            {
                yield return new($"'{World.Name(node.Out[0])}' of {worker} is lost", faulty.With(worker, node with { Out = node.Out.RemoveAt(0) }), IsFault: true);
            }

            if (new[] { node.Held.Current, node.Held.Next }.FirstOrDefault(p => p is { IsReady: false, Failure: null }) is { } part)
            {
                yield return new($"{worker} cannot load epoch {part.Epoch}", NodeSteps.Prepared(part == node.Held.Current ? faulty with { MayRestore = true } : faulty, worker, part, "damaged"), IsFault: true);
            }

            if (node.Held.Current is { IsStarted: true, Former: not null, HasTakenOver: false, Failure: null } current)
            {
                yield return new($"{worker} cannot hand over", NodeSteps.TookOver(faulty with { MayRestore = true }, worker, current, "unreadable"), IsFault: true);
            }
        }
    }

    private static World Killed(World world, WorkerId worker)
    {
        var (node, held) = (world[worker], world[worker].Held);

        // What it had said is still on its way; that it is gone comes behind.
        world = world.With(worker, node with { IsAlive = false, IsConnected = false, IsLeaving = false, Held = new(), In = [], Listens = null, Out = node.IsConnected ? node.Out.Add(null) : [] });
        return new[] { held.Current, held.Former }.OfType<HeldPart>().Aggregate(world, (w, part) => DataSteps.End(w, worker, part.Epoch));
    }

    private static World Restarted(World world, WorkerId worker)
    {
        world = world.With(worker, new ModelNode { Instance = world[worker].Instance + 1 });
        return world.With(worker, world[worker] with { Out = [NodeSteps.Hello(world, worker)] });
    }
}
