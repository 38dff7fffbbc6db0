using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>What an operator did on a machine lately.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Worker">The machine.</param>
/// <param name="Busy">The part of its time that an instance spent on elements.</param>
/// <param name="Blocked">The part of its time in which what follows did not ask.</param>
public readonly record struct MeasuredStage(OperatorId Operator, WorkerId Worker, double Busy, double Blocked)
{
    /// <summary>How long ago the element was let in that waits for it the longest; zero where none waits.</summary>
    public TimeSpan Oldest { get; init; }

    /// <summary>As it is named in sentences.</summary>
    public override string ToString() => $"{Operator} on {Worker}";
}

/// <summary>How a link between two machines did lately.</summary>
/// <param name="From">The operator whose elements it carries.</param>
/// <param name="To">The operator that takes them.</param>
/// <param name="FromWorker">Where it begins.</param>
/// <param name="ToWorker">Where it ends.</param>
/// <param name="Blocked">The part of its time in which it had an element and no room for it.</param>
/// <param name="IsFull">Whether what was delivered is all that the line can: then it is the line, else it is whoever receives.</param>
public readonly record struct MeasuredHop(OperatorId From, OperatorId To, WorkerId FromWorker, WorkerId ToWorker, double Blocked, bool IsFull)
{
    /// <summary>How long ago the element was let in that has no room; zero where there is room.</summary>
    public TimeSpan Oldest { get; init; }

    /// <summary>As it is named in sentences.</summary>
    public override string ToString() => $"the line from {FromWorker} to {ToWorker} ({From} to {To})";
}

/// <summary>Something that waited for what follows it.</summary>
/// <param name="Place">An operator and its machine, or a line.</param>
/// <param name="Share">The part of its time.</param>
public readonly record struct HeldBack(string Place, double Share);
