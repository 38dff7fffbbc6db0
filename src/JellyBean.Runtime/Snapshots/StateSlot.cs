using System.Collections.Immutable;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Stages;

namespace JellyBean.Runtime.Snapshots;

/// <summary>A stage's place in the snapshots of its fragment: where it gives its state and finds what was restored.</summary>
internal sealed class StateSlot
{
    private readonly FragmentSnapshots _snapshots;
    private readonly KeyRange _range;

    /// <param name="snapshots">Collects what is given.</param>
    /// <param name="owner">Whose state it is.</param>
    /// <param name="key">Of the operator or source under which it is handed over; null if it is not, for nothing can be left in it then.</param>
    /// <param name="instance">Which of several instances, from 0.</param>
    /// <param name="instances">How many there are; keys are divided among them by their group.</param>
    /// <param name="range">The groups that are this worker's.</param>
    public StateSlot(FragmentSnapshots snapshots, string owner, string? key, int instance, int instances, KeyRange range)
    {
        _range = range;
        _snapshots = snapshots;
        Owner = owner;
        Key = key;
        Instance = instance;
        Instances = instances;
    }

    public string Owner { get; }

    public string? Key { get; }

    public int Instance { get; }

    public int Instances { get; }

    /// <summary>Read and write values.</summary>
    public ElementCodecs Codecs => _snapshots.Codecs;

    /// <summary>The sources' names, each kept once.</summary>
    public SourceNames Names { get; } = new();

    /// <summary>The plan in force.</summary>
    public long Epoch => _snapshots.Epoch;

    /// <summary>Whether a key belongs to this instance.</summary>
    public bool Owns(string key) => KeyGroup.Of(key) is var group && _range.Contains(group) && group % Instances == Instance;

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

    /// <summary>Calls back with what all instances had stored or handed over, empty if they had nothing: at once if it is there, else on the stage's thread when it has come.</summary>
    /// <param name="begin">Takes it. A stage takes no item before.</param>
    /// <param name="fail">Told if it does not come.</param>
    /// <param name="onStage">Brings a call to the stage's thread.</param>
    public void Restore(Action<ImmutableArray<StatePiece>> begin, Action<Exception> fail, Func<Action<Restored>, Action<Restored>> onStage)
    {
        var pieces = _snapshots.RestoredAsync(this);
        if (pieces.IsCompletedSuccessfully)
        {
            begin(pieces.Result);
            return;
        }

        _ = TellAsync(pieces, onStage(restored =>
        {
            if (restored.Cause is { } cause)
            {
                fail(cause);
                return;
            }

            try
            {
                begin(restored.Pieces);
            }
            catch (Exception unreadable)
            {
                fail(unreadable);
            }
        }));
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

    /// <summary>The barrier has passed a stage that has no state.</summary>
    public void Pass(long snapshot) => _snapshots.Pass(this, snapshot);

    /// <summary>There will be no such snapshot.</summary>
    public void Fail(long snapshot, Exception cause) =>
        _snapshots.Fail(this, snapshot, new SnapshotException($"The state of '{Owner}' could not be stored. {cause.GetType().Name}: {cause.Message}", cause));

    /// <summary>The stage has done all it will ever do.</summary>
    /// <param name="last">Gives its state for snapshots to come; null if it needs none any more.</param>
    public void Leave(Func<long, Task<StatePiece>>? last = null) => _snapshots.Leave(this, last);

    private static async Task TellAsync(Task<ImmutableArray<StatePiece>> pieces, Action<Restored> tell)
    {
        try
        {
            tell(new Restored(await pieces.ConfigureAwait(false), null));
        }
        catch (Exception cause)
        {
            tell(new Restored([], cause));
        }
    }

    /// <summary>What has come, or why nothing has.</summary>
    internal readonly record struct Restored(ImmutableArray<StatePiece> Pieces, Exception? Cause);
}
