using System.Collections.Immutable;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Stages;

namespace JellyBean.Runtime.Snapshots;

/// <summary>A stage's place in the snapshots of its fragment: where it gives its state and finds what was restored.</summary>
internal sealed class StateSlot
{
    private readonly FragmentSnapshots _snapshots;

    /// <param name="snapshots">Collects what is given.</param>
    /// <param name="owner">Whose state it is.</param>
    /// <param name="instance">Which of several instances, from 0.</param>
    /// <param name="instances">How many there are; keys are divided among them by their group.</param>
    public StateSlot(FragmentSnapshots snapshots, string owner, int instance, int instances)
    {
        _snapshots = snapshots;
        Owner = owner;
        Instance = instance;
        Instances = instances;
    }

    public string Owner { get; }

    public int Instance { get; }

    public int Instances { get; }

    /// <summary>What all instances had stored; empty where nothing is restored.</summary>
    public ImmutableArray<StatePiece> Restored => _snapshots.Restored(Owner);

    /// <summary>Read and write values.</summary>
    public ElementCodecs Codecs => _snapshots.Codecs;

    /// <summary>The sources' names, each kept once.</summary>
    public SourceNames Names { get; } = new();

    /// <summary>The plan in force.</summary>
    public long Epoch => _snapshots.Epoch;

    /// <summary>Whether a key belongs to this instance.</summary>
    public bool Owns(string key) => KeyGroup.Of(key) % Instances == Instance;

    /// <summary>Whether an element that waits belongs to this instance. One whose key function throws fails at the first, as it would have anywhere.</summary>
    public bool Owns(Func<object, string> keyOf, object value)
    {
        try
        {
            return Owns(keyOf(value));
        }
        catch (Exception)
        {
            return Instance == 0;
        }
    }

    /// <summary>Gives the stage's state at a barrier. If it cannot be written, the snapshot fails and the stream goes on.</summary>
    public void Give(long snapshot, int version, Func<byte[]> state)
    {
        byte[] bytes;
        try
        {
            bytes = state();
        }
        catch (Exception cause)
        {
            Fail(snapshot, cause);
            return;
        }

        _snapshots.Give(this, snapshot, new StatePiece(Owner, version, bytes));
    }

    /// <summary>There will be no such snapshot.</summary>
    public void Fail(long snapshot, Exception cause) =>
        _snapshots.Fail(snapshot, new SnapshotException($"The state of '{Owner}' could not be stored. {cause.GetType().Name}: {cause.Message}", cause));

    /// <summary>The stage has done all it will ever do.</summary>
    /// <param name="last">Gives its state for snapshots to come; null if it needs none any more.</param>
    public void Leave(Func<long, Task<StatePiece>>? last = null) => _snapshots.Leave(this, last);
}
