using System.Collections.Immutable;
using JellyBean.Runtime.Commands;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>Something is to be done; repeated as long as somebody waits for it.</summary>
/// <param name="ProtocolVersion">What the sender speaks.</param>
/// <param name="Id">Unlike that of any other: the same one again asks for nothing new.</param>
/// <param name="Kind">What.</param>
/// <param name="Subject">The operator, node or source; empty where there is none.</param>
/// <param name="Argument">The tier or variant; empty where there is none.</param>
/// <param name="IsDryRun">Whether only to plan.</param>
internal sealed record Command(int ProtocolVersion, string Id, CommandKind Kind, string Subject, string Argument, bool IsDryRun) : IControlMessage
{
    /// <summary>What a source that is added is configured with. Never shown: it may hold credentials.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Most characters of a name: longer ones are cut before they are told or kept.</summary>
    public const int MostName = 200;

    public override string ToString() => string.Join(
        ' ', new[] { Kind.ToString().ToLowerInvariant(), Cut(Subject), Cut(Argument), IsDryRun ? "--dry-run" : "" }.Where(t => t.Length > 0));

    public bool Equals(Command? other) => other is not null
        && (ProtocolVersion, Id, Kind, Subject, Argument, IsDryRun) == (other.ProtocolVersion, other.Id, other.Kind, other.Subject, other.Argument, other.IsDryRun) && Settings.SequenceEqual(other.Settings);

    public override int GetHashCode() => HashCode.Combine(Id, Kind, Subject, Argument);

    private static string Cut(string name) => name.Length <= MostName ? name : $"{name[..MostName]}…";
}

/// <summary>What can be commanded. The numbers are sent: new kinds are added at the end.</summary>
internal enum CommandKind
{
    Replan,
    Pin,
    Unpin,
    Drain,
    Return,
    Swap,
    Pause,
    Resume,
    Add,
    Remove,
    Upgrade,
}

/// <summary>A command was done, or is not.</summary>
internal sealed record CommandIs(string Id, CommandOutcome Outcome) : IControlMessage;

/// <summary>A command waits or is being done.</summary>
internal sealed record CommandGoesOn(string Id) : IControlMessage;

/// <summary>Why did plans change?</summary>
internal sealed record AskHistory(int ProtocolVersion) : IControlMessage;

/// <summary>Why they did, the latest last.</summary>
internal sealed record HistoryIs(ImmutableArray<Decision> Decisions) : IControlMessage
{
    public bool Equals(HistoryIs? other) => other is not null && Decisions.SequenceEqual(other.Decisions);

    public override int GetHashCode() => Decisions.Length;
}
