using System.Diagnostics;
using System.Numerics;
using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Inference;

/// <summary>
/// Elements on their way through a model, in the order they came: the stage puts them in at one end and takes them out at the other,
/// and between, workers claim the next few that nobody has claimed. No locks: one thread puts in and takes out, claims are one compare-exchange.
/// </summary>
/// <remarks>A place is written by the stage until it is published, by the worker that claimed it until it is done, and then by the stage again.</remarks>
internal sealed class InferenceRing
{
    private readonly Slot[] _slots;
    private readonly int _mask;
    private long _published;
    private long _claimed;

    /// <param name="capacity">Most elements inside; rounded up to a power of two.</param>
    public InferenceRing(int capacity)
    {
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _slots.Length - 1;
        Capacity = capacity;
    }

    private enum State
    {
        Waiting,
        Answered,
        Failed,
    }

    /// <summary>Most elements inside.</summary>
    public int Capacity { get; }

    /// <summary>How many were put in so far.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Puts an element in. The stage only; it must have taken out enough before.</summary>
    public void Add(Element element)
    {
        ref var slot = ref _slots[_published & _mask];
        slot.Element = element;
        slot.ArrivedAt = Stopwatch.GetTimestamp();
        slot.Result = null;
        slot.State = (int)State.Waiting;
        Volatile.Write(ref _published, _published + 1);
    }

    /// <summary>How many elements nobody has claimed, and since when the first of them waits.</summary>
    public int Waiting(out long since)
    {
        var claimed = Volatile.Read(ref _claimed);
        var waiting = (int)(Volatile.Read(ref _published) - claimed);
        since = waiting > 0 ? _slots[claimed & _mask].ArrivedAt : 0;
        return waiting;
    }

    /// <summary>Since when the first element waits that nobody has claimed, and when its source let it in, as timestamps; 0 where none waits. Any thread.</summary>
    public (long Since, long AdmittedAt) Oldest()
    {
        // It may be claimed, answered and gone by now: then it is as old as its wait.
        var claimed = Volatile.Read(ref _claimed);
        return Waiting(out var since) > 0 ? (since, _slots[claimed & _mask].Element?.AdmittedAt ?? since) : default;
    }

    /// <summary>Claims the next elements for a worker.</summary>
    /// <param name="most">At least 1.</param>
    /// <param name="from">The first claimed place.</param>
    /// <returns>How many; 0 if none waits.</returns>
    public int Claim(int most, out long from)
    {
        while (true)
        {
            from = Volatile.Read(ref _claimed);
            var count = (int)Math.Min(most, Volatile.Read(ref _published) - from);
            if (count <= 0)
            {
                return 0;
            }

            if (Interlocked.CompareExchange(ref _claimed, from + count, from) == from)
            {
                return count;
            }
        }
    }

    /// <summary>A claimed element and when it arrived.</summary>
    public (Element Element, long ArrivedAt) this[long place]
    {
        get
        {
            ref var slot = ref _slots[place & _mask];
            return (slot.Element!, slot.ArrivedAt);
        }
    }

    /// <summary>The worker's answer for a claimed element; null if it failed.</summary>
    public void Answer(long place, object? result)
    {
        ref var slot = ref _slots[place & _mask];
        slot.Result = result;
        Volatile.Write(ref slot.State, (int)(result is null ? State.Failed : State.Answered));
    }

    /// <summary>Whether a worker is done with an element. The stage only, for the next place.</summary>
    public bool IsDone(long place) => place < _published && (State)Volatile.Read(ref _slots[place & _mask].State) != State.Waiting;

    /// <summary>Takes an element out if its worker is done with it. The stage only, place by place.</summary>
    /// <param name="place">The next place.</param>
    /// <param name="element">With the answer as its value; null if it failed.</param>
    /// <returns>Whether it was done.</returns>
    public bool TryTake(long place, out Element? element)
    {
        ref var slot = ref _slots[place & _mask];
        var state = (State)Volatile.Read(ref slot.State);
        if (place >= _published || state == State.Waiting)
        {
            element = null;
            return false;
        }

        element = state == State.Answered ? slot.Element : null;
        if (element is not null)
        {
            element.Value = slot.Result!;
        }

        slot.Element = null;
        slot.Result = null;
        return true;
    }

    private struct Slot
    {
        public Element? Element;
        public object? Result;
        public long ArrivedAt;
        public int State;
    }
}
