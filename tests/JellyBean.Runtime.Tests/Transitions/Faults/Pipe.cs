using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Tests.Transitions.Faults;

/// <summary>What carries elements under one epoch: a source and a sink at the gate, a stage with state at a hub, and what is on its way between them.</summary>
/// <param name="Epoch">The plan.</param>
/// <param name="Hub">Who keeps the state.</param>
internal sealed record Pipe(long Epoch, WorkerId Hub)
{
    /// <summary>Stands for the mark behind which nothing comes under the epoch.</summary>
    public const int Switch = -1;

    /// <summary>The number that its source gives next; null before it has the reader, and once that has gone on.</summary>
    public int? Source { get; init; }

    public ImmutableList<int> ToHub { get; init; } = [];

    /// <summary>The number that the stage waits for; null before its state has come, and once it has given it away.</summary>
    public int? State { get; init; }

    /// <summary>What the stage gave away at the switch; null before, and once it has arrived.</summary>
    public int? HandedOver { get; init; }

    public ImmutableList<int> ToGate { get; init; } = [];

    /// <summary>Whether its sink may write.</summary>
    public bool IsSinkOpen { get; init; }

    /// <summary>Whether its sink has seen the switch.</summary>
    public bool IsSinkDone { get; init; }

    /// <summary>Nothing is on its way, and all that was given is written: a snapshot would find this.</summary>
    public bool IsQuiet => Source is { } next && State == next && ToHub.IsEmpty && ToGate.IsEmpty && IsSinkOpen;

    public void Describe(Digest digest)
    {
        digest.Add(Epoch).Add(Hub.Value).Add(Source).Add(State).Add(HandedOver).Add(IsSinkOpen).Add(IsSinkDone);
        ToHub.ForEach(number => digest.Add(number));
        digest.Add("back");
        ToGate.ForEach(number => digest.Add(number));
    }
}

/// <summary>What the sink has written, and how far the last complete snapshot is.</summary>
/// <param name="Rows">The rows: elements 0 to one below it, each once.</param>
/// <param name="Fence">Writers of older epochs are refused.</param>
/// <param name="Snapshot">The number of the snapshot.</param>
/// <param name="Kept">The rows that it has.</param>
internal sealed record Table(int Rows, long Fence, long Snapshot, int Kept);
