using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>A coordinator's side of the journal, as a value: it may act once a majority of the replicas has promised it a term and keeps what was decided before.</summary>
/// <remarks>Messages may be lost, doubled or late: <see cref="Asking"/> is what has no answer yet, to be sent again and again.</remarks>
internal sealed record Leader
{
    /// <summary>Unlike that of any other.</summary>
    public required string Candidate { get; init; }

    /// <summary>How many replicas are a majority of all there are, reachable or not.</summary>
    public required int Majority { get; init; }

    /// <summary>The term that it asks for or has.</summary>
    public required long Term { get; init; }

    /// <summary>Whether a majority has promised the term.</summary>
    public bool IsPromised { get; init; }

    /// <summary>Whether it was told that another one leads in a later term.</summary>
    public bool IsOverruled { get; init; }

    /// <summary>What is to be kept, or is: the latest that it knows of.</summary>
    public JournalEntry Entry { get; init; } = JournalEntry.Nothing;

    /// <summary>The index of the last entry of this term that a majority keeps; 0 before the first.</summary>
    public long Kept { get; init; }

    private ImmutableHashSet<WorkerId> Votes { get; init; } = [];

    /// <summary>What is asked of every replica now; null if nothing is.</summary>
    public IControlMessage? Asking => this switch
    {
        { IsOverruled: true } => null,
        { IsPromised: false } => new Prepare(Term, Candidate),
        _ => Kept < Entry.Index ? new Accept(Candidate, Entry) : null,
    };

    /// <summary>Asks for something else to be kept.</summary>
    public Leader Write(ReadOnlyMemory<byte> value) => this with { Entry = new JournalEntry(Term, Entry.Index + 1, value), Votes = [] };

    public Leader On(Promise answer)
    {
        if (IsOverruled || IsPromised || answer.Term != Term || answer.Candidate != Candidate)
        {
            return this;
        }

        var next = this with { Votes = Votes.Add(answer.Replica), Entry = answer.Entry.IsAfter(Entry) ? answer.Entry : Entry };

        // What was decided before is written again under the new term: it may have been kept by too few.
        return next.Votes.Count < Majority ? next : next with { IsPromised = true, Entry = new JournalEntry(Term, 1, next.Entry.Value), Votes = [] };
    }

    public Leader On(Accepted answer)
    {
        if (IsOverruled || answer.Term != Term || answer.Candidate != Candidate || answer.Index != Entry.Index || Kept == Entry.Index)
        {
            return this;
        }

        var next = this with { Votes = Votes.Add(answer.Replica) };
        return next.Votes.Count < Majority ? next : next with { Kept = Entry.Index };
    }

    public Leader On(Overruled answer) => (answer.Term, answer.Promised >= Term) switch
    {
        var (term, _) when term != Term => this,

        // Nobody's yet: it asks for a later one. Promised or not, somebody else asked for one after it.
        (_, true) when !IsPromised => this with { Term = answer.Promised + 1, Votes = [], Entry = JournalEntry.Nothing },
        (_, true) => this with { IsOverruled = true },
        _ => this,
    };
}
