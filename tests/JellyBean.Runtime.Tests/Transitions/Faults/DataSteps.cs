using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>What becomes of elements, and how one epoch's stages hand over to the next one's.</summary>
internal static class DataSteps
{
    /// <summary>A node's part of an epoch begins. One that takes another's place waits for what it inherits.</summary>
    public static World Begin(World world, WorkerId worker, long epoch)
    {
        var part = world[worker].Started(epoch)!;
        var pipe = world.Pipes.GetValueOrDefault(epoch) ?? new Pipe(epoch, part.Hub);
        if (part.Former is null && worker == ModelPlans.Gate)
        {
            pipe = pipe with { Source = part.From, IsSinkOpen = true };
        }

        if (part.Former is null && worker == part.Hub)
        {
            pipe = pipe with { State = part.From };
        }

        return world.With(pipe);
    }

    /// <summary>A node's part of an epoch is over, by its time or not.</summary>
    public static World End(World world, WorkerId worker, long epoch)
    {
        if (!world.Pipes.TryGetValue(epoch, out var pipe))
        {
            return world;
        }

        pipe = worker == ModelPlans.Gate ? pipe with { Source = null, IsSinkOpen = false } : worker == pipe.Hub ? pipe with { State = null, HandedOver = null } : pipe;
        var isOver = world[pipe.Hub].Started(epoch) is null && world[ModelPlans.Gate].Started(epoch) is null;
        return isOver ? world with { Pipes = world.Pipes.Remove(epoch) } : world.With(pipe);
    }

    public static IEnumerable<Step> Of(World world)
    {
        foreach (var pipe in world.Pipes.Values)
        {
            var (gate, hub) = (world[ModelPlans.Gate].Started(pipe.Epoch), world[pipe.Hub].Started(pipe.Epoch));
            var next = world.Pipes.Values.FirstOrDefault(p => p.Epoch > pipe.Epoch);
            var goesOnAt = next is not null && world[ModelPlans.Gate].Started(next.Epoch)?.Former == pipe.Epoch;
            if (gate is not null && pipe.Source is { } number)
            {
                if (goesOnAt)
                {
                    // The reader passes to the next epoch's source behind the mark.
                    yield return new("switch", world.With(pipe with { Source = null, ToHub = pipe.ToHub.Add(Pipe.Switch) }).With(next! with { Source = number }));
                }
                else if (number < world.Scenario.Elements && pipe.ToHub.IsEmpty)
                {
                    yield return new($"give {number}", world.With(pipe with { Source = number + 1, ToHub = pipe.ToHub.Add(number) }));
                }
            }

            if (hub is not null && pipe is { State: { } state, ToHub: [var head, ..] })
            {
                var taken = pipe with { ToHub = pipe.ToHub.RemoveAt(0), ToGate = pipe.ToGate.Add(head) };
                yield return head == Pipe.Switch
                    ? new("hub switches", world.With(taken with { State = null, HandedOver = state }))
                    : new($"process {head}", head == state ? world.With(taken with { State = state + 1 }) : world.Broken($"The hub of epoch {pipe.Epoch} waits for {state} and is given {head}."));
            }

            if (hub is not null && pipe.HandedOver is { } handed && next is not null
                && world[pipe.Hub].Started(next.Epoch)?.Former == pipe.Epoch && world[next.Hub].Started(next.Epoch)?.Former == pipe.Epoch)
            {
                yield return new("hand over state", world.With(pipe with { HandedOver = null }).With(next with { State = handed }));
            }

            if (gate is not null && pipe is { IsSinkOpen: true, ToGate: [var first, ..] })
            {
                var taken = pipe with { ToGate = pipe.ToGate.RemoveAt(0) };
                yield return first == Pipe.Switch ? new("sink switches", world.With(taken with { IsSinkOpen = false, IsSinkDone = true })) : new($"write {first}", Written(world.With(taken), pipe.Epoch, first));
            }

            if (goesOnAt && pipe.IsSinkDone && !next!.IsSinkOpen && !next.IsSinkDone)
            {
                yield return new("hand over sink", world.With(next with { IsSinkOpen = true }));
            }
        }

        foreach (var (worker, node) in world.Nodes)
        {
            if (node.IsAlive && node.Held is { Current: { IsStarted: true, Former: { } former, HasTakenOver: false, Failure: null } current } && HasHandedOver(world, worker, former, current.Epoch))
            {
                yield return new($"{worker} has taken over", NodeSteps.TookOver(world, worker, current, null));
            }
        }
    }

    /// <summary>Whether what ran on a node by the plan before has drained, and others have what is theirs.</summary>
    private static bool HasHandedOver(World world, WorkerId worker, long former, long epoch)
    {
        if (world[worker].Held.Former is null)
        {
            return true;
        }

        var before = world.Pipes.GetValueOrDefault(former);
        return worker == ModelPlans.Gate
            ? before is { IsSinkDone: true } && world.Pipes.GetValueOrDefault(epoch) is { IsSinkOpen: true } or { IsSinkDone: true }
            : worker != before?.Hub || before is { State: null, HandedOver: null };
    }

    private static World Written(World world, long epoch, int number)
    {
        var table = world.Table;
        return epoch < table.Fence ? world.Broken($"Epoch {epoch} writes, after {table.Fence} has begun to.")
            : number != table.Rows ? world.Broken($"Element {number} is written where {table.Rows} is next.")
            : world with { Table = table with { Rows = number + 1 } };
    }
}

/// <summary>Something that can happen next.</summary>
/// <param name="Name">What, for people.</param>
/// <param name="World">What is then.</param>
/// <param name="IsFault">Whether it is something that should not.</param>
internal readonly record struct Step(string Name, World World, bool IsFault = false);
