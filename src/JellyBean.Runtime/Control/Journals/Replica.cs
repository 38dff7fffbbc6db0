using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>One copy of the journal, as a value: what it has promised, to whom, and what it holds.</summary>
/// <remarks>A register after Lamport's Paxos, with a leader for each term. What an answer says must be saved before the answer is sent.</remarks>
internal sealed record Replica(long Promised, string Candidate, JournalEntry Entry)
{
    public static Replica New { get; } = new(0, "", JournalEntry.Nothing);

    /// <summary>What it answers, and what it is then.</summary>
    public (Replica Next, IControlMessage Answer) On(WorkerId self, Prepare asked)
    {
        var isSame = asked.Term == Promised && asked.Candidate == Candidate;
        return asked.Term > Promised || isSame
            ? (this with { Promised = asked.Term, Candidate = asked.Candidate }, new Promise(self, asked.Candidate, asked.Term, Entry))
            : (this, new Overruled(self, asked.Term, Promised));
    }

    /// <inheritdoc cref="On(WorkerId, Prepare)" />
    public (Replica Next, IControlMessage Answer) On(WorkerId self, Accept asked)
    {
        var entry = asked.Entry;
        if (entry.Term < Promised || (entry.Term == Promised && asked.Candidate != Candidate))
        {
            return (this, new Overruled(self, entry.Term, Promised));
        }

        // An entry that comes late is older than what is held; it was kept once, and what is later includes it.
        return (this with { Promised = entry.Term, Candidate = asked.Candidate, Entry = entry.IsAfter(Entry) ? entry : Entry }, new Accepted(self, asked.Candidate, entry.Term, entry.Index));
    }
}
