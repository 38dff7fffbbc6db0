using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>Whether a command names what is there and asks for what is allowed, and what would hold after it. Pure.</summary>
internal static class CommandCheck
{
    /// <returns>What would hold, or the outcome where nothing is to be done.</returns>
    public static (Orders? After, CommandOutcome? Outcome) Of(Command command, RunState state, CommandNames names)
    {
        var orders = state.ByHand.Orders;
        var (op, node) = (new OperatorId(command.Subject), new WorkerId(command.Subject));
        return command.Kind switch
        {
            CommandKind.Replan or CommandKind.Upgrade => (orders, null),
            CommandKind.Pin => Pin(command, op, new Tier(command.Argument), state, names),
            CommandKind.Unpin => orders.Pins.ContainsKey(op)
                ? (orders with { Pins = orders.Pins.Remove(op) }, null)
                : Refuse(command, $"Operator '{command.Subject}' is not pinned by hand.", orders.Pins.Keys.Select(o => o.Value)),
            CommandKind.Swap => Swap(command, op, state.ByHand.Orders, names),
            CommandKind.Drain => Drain(command, node, state),
            CommandKind.Return => orders.Drained.Contains(node)
                ? (orders with { Drained = orders.Drained.Remove(node) }, null)
                : state.Nodes.ContainsKey(node)
                ? (null, Outcome(command, CommandStatus.Unchanged, $"Node '{node}' is not drained: there is nothing to return, plans may use it."))
                : Refuse(command, $"Node '{command.Subject}' is not drained.", orders.Drained.Select(n => n.Value)),
            CommandKind.Pause or CommandKind.Resume or CommandKind.Add or CommandKind.Remove => SourceCheck.Of(command, state, names),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
    }

    public static CommandOutcome Outcome(Command command, CommandStatus status, string message) => new() { Command = command.ToString(), Status = status, Message = message };

    /// <param name="command">What is refused.</param>
    /// <param name="what">Why.</param>
    /// <param name="allowed">The names that may stand there instead.</param>
    /// <param name="unknown">The name that there is not, if that is why.</param>
    public static (Orders? After, CommandOutcome? Outcome) Refuse(Command command, string what, IEnumerable<string> allowed, string unknown = "")
    {
        ImmutableArray<string> names = [.. allowed.Order(StringComparer.Ordinal)];
        return (null, Outcome(command, CommandStatus.Refused, $"{what} Allowed: {(names.IsEmpty ? "none" : string.Join(", ", names))}.{Spelling.DidYouMean(unknown, names)}") with { Allowed = names });
    }

    /// <summary>Why a node cannot be drained, by what it runs.</summary>
    /// <returns>Null where it runs nothing, so that it is not the reason.</returns>
    public static string? NobodyElse(WorkerId node, RunState state, Plan plan, IEnumerable<string> reasons)
    {
        var runs = plan.Sources.Where(s => s.Worker == node).Select(s => s.Source.Value)
            .Concat(plan.Placements.Where(p => p.Instances.Any(i => i.Worker == node)).Select(p => p.Operator.Value)).Distinct().ToList();
        var tier = state.Nodes.GetValueOrDefault(node)?.Last.Node.Tier;
        return runs.Count == 0 ? null
            : $"Node '{node}' goes on as before, for no other node could take all that it runs: {string.Join(", ", runs)}. Start another node{(tier is null ? "" : $" of tier '{tier}'")}, or make room on those that are there, and drain it again. In the planner's words: {string.Join(" ", reasons)}";
    }

    private static (Orders? After, CommandOutcome? Outcome) Pin(Command command, OperatorId op, Tier tier, RunState state, CommandNames names)
    {
        var orders = state.ByHand.Orders;
        if (!names.Pinnable.TryGetValue(op, out var own))
        {
            return Refuse(command, $"'{command.Subject}' is no operator that can be pinned; inputs are read where their sources are.", names.Pinnable.Where(o => o.Value is null).Select(o => o.Key.Value), command.Subject);
        }

        if (own is not null)
        {
            return Refuse(command, $"The workflow itself pins operator '{op}' to tier '{own}'. Change the workflow.", names.Pinnable.Where(o => o.Value is null).Select(o => o.Key.Value));
        }

        var tiers = names.Tiers.IsEmpty ? [.. state.Nodes.Values.SelectMany(n => n.Last.Node.Tiers).Distinct().OrderBy(t => t.Name, StringComparer.Ordinal)] : names.Tiers;
        if (!tiers.Contains(tier))
        {
            return Refuse(command, $"There is no tier '{command.Argument}'.", tiers.Select(t => t.Name), command.Argument);
        }

        return orders.Pins.TryGetValue(op, out var pinned) && pinned == tier
            ? (null, Outcome(command, CommandStatus.Unchanged, $"Operator '{op}' is pinned to tier '{tier}' already."))
            : (orders with { Pins = orders.Pins.SetItem(op, tier) }, null);
    }

    private static (Orders? After, CommandOutcome? Outcome) Swap(Command command, OperatorId op, Orders orders, CommandNames names)
    {
        if (!names.Variants.TryGetValue(op, out var variants))
        {
            return Refuse(command, $"'{command.Subject}' is no operator that asks a model.", names.Variants.Keys.Select(o => o.Value), command.Subject);
        }

        var (variant, now) = (command.Argument, orders.Variants.GetValueOrDefault(op, IWorkflowControl.AnyVariant));
        if (variant != IWorkflowControl.AnyVariant && !variants.Contains(variant))
        {
            return Refuse(command, $"The model of operator '{op}' has no variant '{variant}'.", variants.Append(IWorkflowControl.AnyVariant), variant);
        }

        return variant == now
            ? (null, Outcome(command, CommandStatus.Unchanged, variant == IWorkflowControl.AnyVariant ? $"The planner chooses the variant of operator '{op}' already." : $"Operator '{op}' asks variant '{variant}' already."))
            : (orders with { Variants = variant == IWorkflowControl.AnyVariant ? orders.Variants.Remove(op) : orders.Variants.SetItem(op, variant) }, null);
    }

    private static (Orders? After, CommandOutcome? Outcome) Drain(Command command, WorkerId node, RunState state)
    {
        var orders = state.ByHand.Orders;
        var nodes = state.Nodes.Values.Where(n => n.Last.Node.Tier is not null).Select(n => n.Last.Worker.Value);
        if (orders.Drained.Contains(node))
        {
            return (null, Outcome(command, CommandStatus.Unchanged, $"Node '{node}' is drained already."));
        }

        return !state.Nodes.TryGetValue(node, out var known)
            ? Refuse(command, $"There is no node '{command.Subject}'.", nodes, command.Subject)
            : known.Last.Node.Tier is null
                ? Refuse(command, $"Node '{node}' only coordinates: there is nothing to take away from it.", nodes)
                : (orders with { Drained = orders.Drained.Add(node) }, null);
    }
}
