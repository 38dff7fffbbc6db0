using JellyBean.Runtime.Links.Protocol;

namespace JellyBean.Runtime.Links.Sessions;

/// <summary>The sending end of a link as a state machine: numbers frames, keeps them until they are acknowledged, and after every broken connection goes on where the receiver stopped.</summary>
/// <remarks>Pure: no clock, no sockets, no threads. Callers lock. What it holds is bounded by the receiver's credit and by <c>mostHeld</c>.</remarks>
/// <param name="mostHeld">Most bytes to hold; one frame may go beyond.</param>
/// <param name="release">Takes back a frame's buffer.</param>
internal sealed class SenderSession(long mostHeld, Action<byte[]> release)
{
    // Acknowledged frames leave at the front of the first; connecting again puts what is left of it before the second.
    private readonly Queue<OutFrame> _taken = new();
    private Queue<OutFrame> _waiting = new();
    private Guid? _receiver;
    private long _lastTaken;
    private long _lastWritten;
    private long _spent;

    /// <summary>Number of the last frame offered; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>Everything up to this number has been received.</summary>
    public long Acknowledged { get; private set; }

    /// <inheritdoc cref="AckBody.Granted" />
    public long Granted { get; private set; }

    /// <summary>Bytes of frames that are not acknowledged.</summary>
    public long Held { get; private set; }

    /// <summary>Bytes of frames that were acknowledged.</summary>
    public long Delivered { get; private set; }

    /// <summary>Bytes of frames that were taken to be written and are not acknowledged.</summary>
    public long OnTheWay { get; private set; }

    /// <summary>Frames that were sent more than once.</summary>
    public long Resent { get; private set; }

    /// <summary>Whether the last frame that can be has been offered.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the receiver has everything, the end included.</summary>
    public bool IsDelivered => IsEnded && Acknowledged == Last;

    /// <summary>The lowest number that can still be sent.</summary>
    public long FirstHeld { get; private set; } = 1;

    /// <summary>Whether something may be sent: for an element, the receiver must have credit left.</summary>
    public bool CanOffer(FrameKind kind) =>
        !IsEnded && Held < mostHeld && (kind != FrameKind.Element || _spent < Granted);

    /// <summary>Takes a frame over, numbers it and writes its header.</summary>
    /// <param name="kind">Allowed by <see cref="CanOffer"/>, or the end, which always is.</param>
    /// <param name="buffer">Room for the header, then the body; belongs to the session.</param>
    /// <param name="length">Bytes of both.</param>
    public void Offer(FrameKind kind, byte[] buffer, int length)
    {
        var frame = new OutFrame(kind, buffer, length, ++Last);
        new FrameHeader(kind, length - FrameHeader.Bytes, frame.Sequence).Write(buffer);
        _waiting.Enqueue(frame);
        Held += length;
        _spent += frame.Cost;
        IsEnded = frame.IsLast;
    }

    /// <summary>A new connection stands; what was written to the one before is over.</summary>
    /// <exception cref="LinkException">The receiver is another one, or does not know what it has acknowledged: the stream cannot go on.</exception>
    public void Resume(Guid receiver, AckBody ack)
    {
        if (_receiver is { } known && known != receiver)
        {
            throw new LinkException($"The receiver has begun anew and has lost what it had received: {Acknowledged} frames that can not be sent again.");
        }

        // Frames may have arrived although their write was never seen to end, but none that was not begun.
        Check(ack, _lastTaken);
        _receiver = receiver;
        _lastWritten = _lastTaken;
        Settle(ack);
        if (_taken.Count > 0)
        {
            Resent += _taken.Count;
            foreach (var frame in _waiting)
            {
                _taken.Enqueue(frame);
            }

            _waiting = new Queue<OutFrame>(_taken);
            _taken.Clear();
        }

        _lastTaken = _lastWritten = Acknowledged;
        OnTheWay = 0;
    }

    /// <summary>The next frame to write.</summary>
    /// <returns>False if there is none now.</returns>
    public bool TryTake(out OutFrame frame)
    {
        if (!_waiting.TryDequeue(out frame))
        {
            return false;
        }

        _taken.Enqueue(frame);
        _lastTaken = frame.Sequence;
        OnTheWay += frame.Length;
        return true;
    }

    /// <summary>The next frame to write, left where it is.</summary>
    public bool TryPeek(out OutFrame frame) => _waiting.TryPeek(out frame);

    /// <summary>All that was taken has been written: only then may an acknowledgement free it, whatever the receiver claims.</summary>
    public void Written()
    {
        _lastWritten = _lastTaken;
        Free();
    }

    /// <summary>The receiver acknowledges and grants credit.</summary>
    /// <exception cref="LinkException">It claims what cannot be.</exception>
    public void OnAck(AckBody ack)
    {
        Check(ack, _lastTaken);
        Settle(ack);
    }

    /// <summary>Gives back every buffer; nothing is sent any more.</summary>
    public void Close()
    {
        IsEnded = true;
        foreach (var frame in _taken.Concat(_waiting))
        {
            release(frame.Buffer);
        }

        _taken.Clear();
        _waiting.Clear();
        Held = OnTheWay = 0;
    }

    private void Check(AckBody ack, long last)
    {
        if (ack.Received < Acknowledged || ack.Received > last || ack.Granted < Granted)
        {
            throw new LinkException(
                $"The receiver acknowledges up to {ack.Received} and grants {ack.Granted}; expected from {Acknowledged} to {last}, and at least {Granted}.");
        }
    }

    private void Settle(AckBody ack)
    {
        (Acknowledged, Granted) = ack;
        Free();
    }

    private void Free()
    {
        var upTo = Math.Min(Acknowledged, _lastWritten);
        while (_taken.TryPeek(out var frame) && frame.Sequence <= upTo)
        {
            _taken.Dequeue();
            FirstHeld = frame.Sequence + 1;
            Held -= frame.Length;
            OnTheWay -= frame.Length;
            Delivered += frame.Length;
            release(frame.Buffer);
        }
    }
}
