using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Control.Protocol;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>A node's part of a plan, in the model: the gate reads and writes, a hub keeps the state.</summary>
internal sealed record HeldPart(long Epoch, WorkerId Hub) : IHeld
{
    /// <summary>Stands for none.</summary>
    public static HeldPart None { get; } = new(0, new WorkerId("none"));

    /// <summary>The epoch whose place it is to take; null where it begins from a snapshot.</summary>
    public long? Former { get; init; }

    /// <summary>Where in the stream that snapshot is.</summary>
    public int From { get; init; }

    public bool IsReady { get; init; }

    public bool IsStarted { get; init; }

    /// <summary>Whether what ran before it has handed over all.</summary>
    public bool HasTakenOver { get; init; }

    /// <summary>Why it could not be made, or has ended; null if neither.</summary>
    public string? Failure { get; init; }

    public void Describe(Digest digest) =>
        digest.Add(Epoch).Add(Hub.Value).Add(Former).Add(From).Add(IsReady).Add(IsStarted).Add(HasTakenOver).Add(Failure);
}

/// <summary>A node in the model: what it holds, whom it listens to, and what is on its way to it and from it.</summary>
internal sealed record ModelNode
{
    public bool IsAlive { get; init; } = true;

    public bool IsConnected { get; init; } = true;

    public bool IsLeaving { get; init; }

    public int Instance { get; init; } = 1;

    /// <summary>The term of the coordinator that has welcomed it; null while none has.</summary>
    public long? Listens { get; init; }

    public long LastTerm { get; init; }

    public Holdings<HeldPart> Held { get; init; } = new();

    /// <summary>Messages of coordinators to it, with their terms; no message where it learns that one is gone.</summary>
    public ImmutableList<(long Term, IControlMessage? Message)> In { get; init; } = [];

    /// <summary>Its messages to the coordinator; none where that learns that it is gone.</summary>
    public ImmutableList<IControlMessage?> Out { get; init; } = [];

    public HeldPart? Started(long epoch) => new[] { Held.Current, Held.Former }.FirstOrDefault(p => p is { IsStarted: true } && p.Epoch == epoch);

    public ModelNode With(HeldPart before, HeldPart after) => this with
    {
        Held = Held with
        {
            Current = Held.Current == before ? after : Held.Current,
            Next = Held.Next == before ? after : Held.Next,
        },
    };

    public void Describe(Digest digest)
    {
        digest.Add(IsAlive).Add(IsConnected).Add(IsLeaving).Add(Instance).Add(Listens).Add(LastTerm).Add(Held.LastEpoch);
        foreach (var part in new[] { Held.Current, Held.Next, Held.Former })
        {
            (part ?? HeldPart.None).Describe(digest);
        }

        foreach (var (term, message) in In)
        {
            digest.Add("in").Add(term).Add(World.Name(message));
        }

        foreach (var message in Out)
        {
            digest.Add("out").Add(World.Name(message));
        }
    }
}
