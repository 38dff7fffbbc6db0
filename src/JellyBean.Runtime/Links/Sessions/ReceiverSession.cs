using JellyBean.Runtime.Links.Protocol;

namespace JellyBean.Runtime.Links.Sessions;

/// <summary>The receiving end of a link as a state machine: takes each number once, in order, and grants credit for what has been consumed.</summary>
/// <remarks>Pure: no clock, no sockets, no threads. Callers lock.</remarks>
/// <param name="window">Cost of elements that may be on the way or wait here.</param>
internal sealed class ReceiverSession(long window)
{
    private readonly Guid _session = Guid.NewGuid();
    private Guid? _sender;
    private long _attempt = long.MinValue;
    private long _charged;
    private long _consumed;
    private AckBody _acknowledged;

    /// <summary>Everything up to this number has been received; 0 before the first.</summary>
    public long Received { get; private set; }

    /// <summary>Whether the end has been received.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>How far it is: what an acknowledgement says.</summary>
    public AckBody Ack => new(Received, _consumed + window);

    /// <summary>Whether there is anything to acknowledge.</summary>
    public bool IsAckDue => Ack != _acknowledged;

    /// <summary>Whether the sender should hear of it soon: it may be waiting for room or credit, or for the end.</summary>
    public bool IsAckUrgent => IsEnded || Ack.Granted - _acknowledged.Granted >= window / 4 || _unacknowledged >= window / 4;

    private long _unacknowledged;

    /// <summary>The sender begins a connection. Refused ones change nothing.</summary>
    public Reply Greet(Hello hello)
    {
        if (_sender is { } known && known != hello.Session)
        {
            return Reply.Refuse(Verdict.Lost, $"Link {hello.Link} was begun by session {known:N}; session {hello.Session:N} cannot go on with it. The sender has begun anew: deploy the plan under a new epoch.");
        }

        if (hello.Attempt <= _attempt)
        {
            return Reply.Refuse(Verdict.Replayed, $"Link {hello.Link} has seen attempt {_attempt}; attempt {hello.Attempt} was made before.");
        }

        if (hello.FirstHeld > Received + 1)
        {
            return Reply.Refuse(Verdict.Lost, $"Link {hello.Link} has received {Received} frames; the sender can only go on from {hello.FirstHeld}.");
        }

        (_sender, _attempt) = (hello.Session, hello.Attempt);
        var ack = TakeAck();
        return new Reply { Verdict = Verdict.Welcome, Session = _session, Received = ack.Received, Granted = ack.Granted };
    }

    /// <summary>Takes a numbered frame.</summary>
    /// <param name="header">Its header.</param>
    /// <returns>What it takes of the credit until <see cref="Consumed"/> is told.</returns>
    /// <exception cref="InvalidDataException">It is not the next, or there is no credit for it.</exception>
    public int Receive(FrameHeader header)
    {
        if (header.Sequence != Received + 1 || IsEnded)
        {
            throw new InvalidDataException($"Frame {header.Sequence} came where {(IsEnded ? "nothing" : $"{Received + 1}")} was expected.");
        }

        var length = FrameHeader.Bytes + header.Length;
        var cost = OutFrame.CostOf(header.Kind, length);
        if (cost > 0 && _charged >= Ack.Granted)
        {
            throw new InvalidDataException($"Frame {header.Sequence} came without credit: {_charged} of {Ack.Granted} are spent.");
        }

        Received = header.Sequence;
        _charged += cost;
        _unacknowledged += length;
        IsEnded = header.Kind is FrameKind.Completed or FrameKind.Failed;
        return cost;
    }

    /// <summary>Elements of this cost are no longer held here.</summary>
    public void Consumed(long cost) => _consumed += cost;

    /// <summary>What to tell the sender now; it counts as told.</summary>
    public AckBody TakeAck()
    {
        _unacknowledged = 0;
        return _acknowledged = Ack;
    }
}
