using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What people have commanded: what was decided, what is being done, what waits.</summary>
internal sealed record ByHand
{
    /// <summary>What the next coordinator must know.</summary>
    public Orders Orders { get; init; } = Orders.None;

    /// <summary>What still holds while the plan of a command is being prepared; null while none is.</summary>
    public Orders? Until { get; init; }

    /// <summary>The command that is being planned or written down; null while none is.</summary>
    public ActiveCommand? Active { get; init; }

    /// <summary>Commands that wait for their turn, in the order they came.</summary>
    public ImmutableArray<WaitingCommand> Waiting { get; init; } = [];

    /// <summary>Drained nodes that have not said yet that nothing is left on them.</summary>
    public ImmutableSortedSet<WorkerId> Emptying { get; init; } = [];

    public bool Knows(string id) => Active?.Command.Id == id || Waiting.Any(w => w.Command.Id == id) || Orders.AnswerTo(id) is not null;

    /// <summary>Somebody waits for it still.</summary>
    public ByHand Heard(string id, TimeSpan now) => this with { Waiting = [.. Waiting.Select(w => w.Command.Id == id ? w with { HeardAt = now } : w)] };
}

/// <summary>The command that is being done.</summary>
/// <param name="Command">What was asked.</param>
/// <param name="After">What holds once it is done.</param>
/// <param name="Asked">Which question to the planner it waits for; null while it is done in place or written down.</param>
internal sealed record ActiveCommand(Command Command, Orders After, long? Asked)
{
    /// <summary>Whether it is done in place, under the plan in force: neither planned nor written down yet.</summary>
    public bool IsInPlace { get; init; }

    /// <summary>That plan's epoch.</summary>
    public long Epoch { get; init; }

    /// <summary>When that began.</summary>
    public TimeSpan Since { get; init; }
}

/// <summary>A command that waits.</summary>
/// <param name="Command">What was asked.</param>
/// <param name="HeardAt">When somebody asked for it last: who waits no longer gets nothing done.</param>
internal sealed record WaitingCommand(Command Command, TimeSpan HeardAt);
