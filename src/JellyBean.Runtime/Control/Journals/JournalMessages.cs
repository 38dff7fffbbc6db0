using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>A coordinator asks to lead in a term, and what was decided before it.</summary>
/// <param name="Term">Above every term it has heard of.</param>
/// <param name="Candidate">Unlike that of any other coordinator: a term is promised to one only.</param>
internal sealed record Prepare(long Term, string Candidate) : IControlMessage;

/// <summary>A replica takes nothing older than the term any more.</summary>
/// <param name="Replica">Who says so.</param>
/// <param name="Candidate">Who asked: nobody else may take the answer as its own.</param>
/// <param name="Term">The term that was asked for.</param>
/// <param name="Entry">What it holds.</param>
internal sealed record Promise(WorkerId Replica, string Candidate, long Term, JournalEntry Entry) : IControlMessage;

/// <summary>A leader asks to keep an entry.</summary>
internal sealed record Accept(string Candidate, JournalEntry Entry) : IControlMessage;

/// <summary>A replica keeps the entry, also after a crash.</summary>
internal sealed record Accepted(WorkerId Replica, string Candidate, long Term, long Index) : IControlMessage;

/// <summary>A replica has promised to listen to a later leader.</summary>
/// <param name="Replica">Who says so.</param>
/// <param name="Term">What was asked for.</param>
/// <param name="Promised">The term that it has promised.</param>
internal sealed record Overruled(WorkerId Replica, long Term, long Promised) : IControlMessage;

/// <summary>What was decided, whole: a later entry stands in place of an earlier one.</summary>
/// <param name="Term">Whose leader wrote it.</param>
/// <param name="Index">Counts the entries of a term.</param>
/// <param name="Value">A <c>RunRecord</c> as bytes; empty before the first.</param>
internal sealed record JournalEntry(long Term, long Index, ReadOnlyMemory<byte> Value)
{
    public static JournalEntry Nothing { get; } = new(0, 0, ReadOnlyMemory<byte>.Empty);

    public bool IsAfter(JournalEntry other) => (Term, Index).CompareTo((other.Term, other.Index)) > 0;

    public bool Equals(JournalEntry? other) => other is not null && (Term, Index) == (other.Term, other.Index) && Value.Span.SequenceEqual(other.Value.Span);

    public override int GetHashCode() => HashCode.Combine(Term, Index);
}
