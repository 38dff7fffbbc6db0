using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Snapshots;

/// <summary>Which inputs of a stage must wait so that a snapshot falls on the same place in all of them.</summary>
/// <remarks>
/// An input at which a barrier has come waits until it has come at all that are open. A newer barrier ends the wait for an older one, which some source may never
/// have heard of. An input that has closed has nothing more to say, so nobody waits for it.
/// </remarks>
internal sealed class Alignment(int inputs)
{
    private readonly long[] _arrived = new long[inputs];
    private readonly bool[] _isClosed = new bool[inputs];
    private long _newest;
    private long _passed;

    /// <summary>Whether some input waits for others.</summary>
    public bool IsOn => _newest > _passed;

    /// <summary>Whether nothing may be taken from an input now.</summary>
    public bool Holds(int input) => IsOn && _arrived[input] == _newest;

    /// <summary>Whether others wait for an input: it must be taken from, whatever else would be better.</summary>
    public bool Awaits(int input) => IsOn && _arrived[input] < _newest && !_isClosed[input];

    /// <summary>Whether nothing follows at an input under this plan. Its end then says nothing more than that.</summary>
    public bool HasSwitched(int input) => _arrived[input] == SnapshotBarrier.Switch;

    /// <summary>A barrier has come at an input.</summary>
    /// <returns>The snapshot whose barrier is to be given on; null if others are waited for.</returns>
    public long? Arrive(int input, long snapshot)
    {
        _arrived[input] = Math.Max(_arrived[input], snapshot);
        _newest = Math.Max(_newest, snapshot);
        return Pass();
    }

    /// <summary>Nothing comes at an input any more.</summary>
    /// <inheritdoc cref="Arrive" path="/returns" />
    public long? Close(int input)
    {
        _isClosed[input] = true;
        return Pass();
    }

    private long? Pass()
    {
        if (!IsOn)
        {
            return null;
        }

        for (var input = 0; input < _arrived.Length; input++)
        {
            if (Awaits(input))
            {
                return null;
            }
        }

        return _passed = _newest;
    }
}
