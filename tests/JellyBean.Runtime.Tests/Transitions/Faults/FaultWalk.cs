using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>Walks through all that can happen in a transition: every step, every fault at every step, in every order, each situation once.</summary>
/// <remarks>
/// The coordinator's machine and the nodes' holdings are the real ones; elements, and what one epoch's stages hand to the next one's, are a model. Time stands still while anything else can
/// happen, unless that deadlines pass is the fault.
/// </remarks>
internal sealed class FaultWalk
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly HashSet<long> _outcomes = [];
    private readonly List<string> _violations = [];

    /// <summary>Situations in which a fault struck.</summary>
    public int Cases { get; private set; }

    public int Situations => _seen.Count;

    /// <summary>Situations in which nothing more would ever happen.</summary>
    public int Ends { get; private set; }

    /// <summary>What was found wrong, each with how it came to that; the first few.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>How many were found.</summary>
    public int Wrong { get; private set; }

    /// <summary>Epochs that were in force in the end.</summary>
    public IReadOnlySet<long> Outcomes => _outcomes;

    public static FaultWalk Through(Scenario scenario)
    {
        var walk = new FaultWalk();
        walk.Walk(Begin(scenario));
        return walk;
    }

    private void Walk(World first)
    {
        var open = new Stack<(World World, Trail? Trail)>();
        Enter(first, null);
        while (open.TryPop(out var top))
        {
            var (world, trail) = top;
            if (world is { Scenario.IsDamaged: true, MayRestore: true })
            {
                // What is in force is lost, and nothing else can run.
                continue;
            }

            if (world.Violation is { } violation)
            {
                Found(violation, world, trail);
                continue;
            }

            var due = Due(world).ToList();
            if (due.Count == 0 && Waited(world) is { } waited)
            {
                due.Add(waited);
            }

            if (due.Count == 0)
            {
                Ends++;
                _outcomes.Add(world.State.Run?.Epoch ?? 0);
                if (WhyNotDone(world) is { } reason)
                {
                    Found(reason, world, trail);
                }
            }

            foreach (var step in due.Concat(FaultSteps.Of(world)))
            {
                Cases += step.IsFault ? 1 : 0;
                Enter(step.World.Checked(), new Trail(step.Name, trail));
            }
        }

        void Enter(World world, Trail? trail)
        {
            if (_seen.Add(world.Key))
            {
                open.Push((world, trail));
            }
        }
    }

    /// <summary>Time passes, if that changes anything.</summary>
    private static Step? Waited(World world)
    {
        var (key, soon) = (world.Key, LeadSteps.Wait(world, LeadSteps.Shortest));
        if (soon.Key != key)
        {
            return new("time passes", soon);
        }

        var late = LeadSteps.Wait(world, LeadSteps.Longest);
        return late.Key == key ? null : new("deadlines pass", late);
    }

    private static IEnumerable<Step> Due(World world)
    {
        foreach (var (worker, node) in world.Nodes)
        {
            if (node is { IsAlive: true, In: [var next, ..] })
            {
                yield return new($"{worker} takes '{World.Name(next.Message)}'", NodeSteps.Take(world, worker));
            }

            if (node.Out is [var said, ..])
            {
                yield return new($"'{World.Name(said)}' of {worker} comes", LeadSteps.Take(world, worker));
            }

            foreach (var part in new[] { node.Held.Current, node.Held.Next }.Where(p => p is { IsReady: false, Failure: null }))
            {
                yield return world.Scenario.IsDamaged && worker == ModelPlans.New
                    ? new($"{worker} cannot load epoch {part!.Epoch}", NodeSteps.Prepared(world, worker, part, "damaged"))
                    : new($"{worker} is ready for epoch {part!.Epoch}", NodeSteps.Prepared(world, worker, part, null));
            }
        }

        foreach (var step in LeadSteps.Of(world).Concat(DataSteps.Of(world)))
        {
            yield return step;
        }
    }

    /// <summary>A run in force under epoch 1 with one element written and in a snapshot, and a second plan about to be prepared.</summary>
    private static World Begin(Scenario scenario)
    {
        var world = new World { Scenario = scenario with { Faults = 0, IsProposedBack = false, TakesSnapshots = false, Elements = 1 } };
        foreach (var worker in new[] { ModelPlans.Gate, ModelPlans.Old, ModelPlans.New })
        {
            world = world.With(worker, new ModelNode());
            world = world.With(worker, world[worker] with { Out = [NodeSteps.Hello(world, worker)] });
        }

        world = LeadSteps.Do(world, new RunEvent.Began(1, world.Kept));
        world = Settle(world);
        world = Settle(LeadSteps.Do(world, new RunEvent.Wanted("run")));
        world = world with { Table = world.Table with { Snapshot = 1, Kept = 1 }, Restored = 0 };
        world = Settle(LeadSteps.Do(world, new RunEvent.SnapshotComplete(1, LeadSteps.Receipts(1))));
        if (world is not { State: { Phase: RunPhase.Running, Run.Epoch: 1 }, Table.Rows: 1, Violation: null })
        {
            throw new InvalidOperationException($"The model does not begin as it should: {world.Violation}\n{world}");
        }

        world = world with { Scenario = scenario };
        return scenario.IsDrained ? LeadSteps.Do(world, new RunEvent.Commanded(new Command(ControlProtocol.Version, "drain", CommandKind.Drain, ModelPlans.Old.Value, "", IsDryRun: false)), ModelPlans.Gate)
            : scenario.IsLeaving
            ? LeadSteps.Do(world.With(ModelPlans.Old, world[ModelPlans.Old] with { IsLeaving = true }) with { MayRestore = true }, new RunEvent.NodeLeaving(ModelPlans.Old))
            : LeadSteps.Do(world, new RunEvent.Proposed(ModelPlans.On(ModelPlans.New), "It is better."));
    }

    private static World Settle(World world)
    {
        while (Due(world).FirstOrDefault() is { World: { } next })
        {
            world = next;
        }

        return world;
    }

    /// <summary>Why what nothing more would happen to is not as it should be; null if it is.</summary>
    private static string? WhyNotDone(World world)
    {
        var there = world.Nodes.Where(n => n.Value is { IsAlive: true, IsConnected: true }).ToList();
        if (world.State is not { Phase: RunPhase.Running, Run: { Transition: null, Next: null } run })
        {
            return $"It stays {world.State.Phase}, of epoch {world.State.Run?.Epoch}.";
        }

        foreach (var (worker, node) in there)
        {
            var (has, epoch) = (run.Parts.ContainsKey(worker), node.Held.Current is { IsStarted: true } current ? current.Epoch : 0);
            if (epoch != (has ? run.Epoch : 0) || (!has && node.Held.Current is not null))
            {
                return $"Node {worker} has epoch {node.Held.Current} where {(has ? run.Epoch : "none")} is in force.";
            }

            if (node.Held.Next is not null || node.Held.Former is not null)
            {
                return $"Node {worker} keeps what nobody needs: next {node.Held.Next}, former {node.Held.Former}.";
            }
        }

        if (world.Table.Rows != world.Scenario.Elements)
        {
            return $"{world.Table.Rows} of {world.Scenario.Elements} elements are written.";
        }

        if (world.Restored > 0 && !world.MayRestore)
        {
            return "It has begun again from a snapshot, though nothing was lost that is needed.";
        }

        if (world.Scenario.IsDrained != world.State.ByHand.Orders.Drained.Contains(ModelPlans.Old) && run.Epoch > 1)
        {
            return "What was commanded and what is in force are not the same.";
        }

        var hub = ModelPlans.HubOf(run.Plan!);
        var wanted = world.IsNextProposed || world.Scenario.IsDamaged ? ModelPlans.Old : ModelPlans.New;
        return world.Faults == 0 && hub != wanted ? $"The hub is {hub}; {wanted} was proposed last." : null;
    }

    private void Found(string what, World world, Trail? trail)
    {
        Wrong++;
        if (_violations.Count < 5)
        {
            _violations.Add($"{world.Scenario.Name}: {what}\n{string.Join('\n', Trail.Of(trail).Reverse().Select(s => "  " + s))}\n{world}");
        }
    }

    private sealed record Trail(string Step, Trail? Before)
    {
        public static IEnumerable<string> Of(Trail? trail)
        {
            for (var at = trail; at is not null; at = at.Before)
            {
                yield return at.Step;
            }
        }
    }
}
