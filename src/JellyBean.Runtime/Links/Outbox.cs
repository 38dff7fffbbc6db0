using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Links.Sessions;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Links;

/// <summary>What the sending end of a link holds, between whoever offers items and the connection that takes them: frames until they have arrived, a heartbeat to answer, and how fast all that is delivered.</summary>
/// <remarks>Thread-safe, for one that offers and one connection at a time. It tells nobody: whoever calls wakes who waits.</remarks>
internal sealed class Outbox(long mostHeldBytes, LinkMeter meter, TimeProvider time)
{
    // Small frames are written together, up to BatchBytes; large ones alone.
    public const int BatchBytes = 64 * 1024;
    private const int LargeBytes = 16 * 1024;

    private readonly SenderSession _session = new(mostHeldBytes, buffer => LinkBuffers.Pool.Return(buffer));
    private readonly DeliveryEstimate _delivery = new(RemoteReceiver.Linger);
    private readonly byte[] _pong = new byte[FrameHeader.Bytes + ClockBody.Bytes];
    private readonly long _began = time.GetTimestamp();
    private readonly Lock _gate = new();
    private long? _asked;

    /// <inheritdoc cref="SenderSession.IsDelivered" />
    public bool IsDelivered
    {
        get
        {
            lock (_gate)
            {
                return _session.IsDelivered;
            }
        }
    }

    /// <inheritdoc cref="SenderSession.IsEnded" />
    public bool IsEnded
    {
        get
        {
            lock (_gate)
            {
                return _session.IsEnded;
            }
        }
    }

    /// <inheritdoc cref="SenderSession.Acknowledged" />
    public long Acknowledged
    {
        get
        {
            lock (_gate)
            {
                return _session.Acknowledged;
            }
        }
    }

    /// <inheritdoc cref="SenderSession.Resent" />
    public long Resent
    {
        get
        {
            lock (_gate)
            {
                return _session.Resent;
            }
        }
    }

    /// <inheritdoc cref="SenderSession.FirstHeld" />
    public long FirstHeld
    {
        get
        {
            lock (_gate)
            {
                return _session.FirstHeld;
            }
        }
    }

    private TimeSpan Elapsed => time.GetElapsedTime(_began);

    /// <inheritdoc cref="SenderSession.CanOffer" />
    public bool CanOffer(FrameKind kind)
    {
        lock (_gate)
        {
            return _session.CanOffer(kind);
        }
    }

    /// <summary>Takes over what was written as the next frame; once the end was offered, nothing more.</summary>
    public void Offer(FrameKind kind, BufferValueWriter written)
    {
        lock (_gate)
        {
            if (_session.IsEnded)
            {
                written.Discard();
                return;
            }

            var length = written.Written;
            _session.Offer(kind, written.Detach(), length);
        }
    }

    /// <summary>A connection stands.</summary>
    /// <param name="reply">What the receiver has answered to its greeting.</param>
    /// <param name="roundTrip">How long that took.</param>
    /// <param name="isAgain">Whether there was one before.</param>
    /// <inheritdoc cref="SenderSession.Resume" path="/exception" />
    public void Resume(Reply reply, TimeSpan roundTrip, bool isAgain)
    {
        lock (_gate)
        {
            var resent = _session.Resent;
            _session.Resume(reply.Session, new AckBody(reply.Received, reply.Granted));
            _delivery.Connected(Elapsed, _session.Delivered, roundTrip);
            if (isAgain)
            {
                meter.Reconnected(_session.Resent - resent);
            }
        }
    }

    /// <summary>What to write next: an answer to a heartbeat, one large frame, or as many small ones as go together; empty if there is nothing. Say so once it is <see cref="Written"/>.</summary>
    /// <param name="batch">Room for small ones.</param>
    public ReadOnlyMemory<byte> Next(byte[] batch)
    {
        lock (_gate)
        {
            if (_asked is { } asked)
            {
                _asked = null;
                new FrameHeader(FrameKind.Pong, ClockBody.Bytes, 0).Write(_pong);
                new ClockBody(asked, ItemFormat.Clock).Write(_pong.AsSpan(FrameHeader.Bytes));
                return _pong;
            }

            var filled = 0;
            while (_session.TryPeek(out var next) && next.Length <= Math.Min(LargeBytes, batch.Length - filled))
            {
                _session.TryTake(out next);
                next.Bytes.CopyTo(batch.AsMemory(filled));
                filled += next.Length;
            }

            return filled == 0 && _session.TryTake(out var large) ? large.Bytes : batch.AsMemory(0, filled);
        }
    }

    /// <inheritdoc cref="SenderSession.Written" />
    /// <param name="bytes">How much it was.</param>
    public void Written(int bytes)
    {
        meter.Wrote(bytes);
        lock (_gate)
        {
            _session.Written();
        }
    }

    /// <inheritdoc cref="SenderSession.OnAck" />
    public void OnAck(AckBody ack)
    {
        lock (_gate)
        {
            _session.OnAck(ack);
            if (_delivery.Acknowledged(Elapsed, _session.Delivered, _session.OnTheWay))
            {
                meter.Delivers(_delivery);
            }
        }
    }

    /// <summary>The receiver asks whether this end lives, and says how long the last answer took.</summary>
    public void OnPing(ClockBody ping)
    {
        var roundTrip = TimeSpan.FromMicroseconds(ping.Told / 1000);
        if (ping.Told > 0)
        {
            meter.RoundTrip(roundTrip);
        }

        lock (_gate)
        {
            if (ping.Told > 0)
            {
                _delivery.RoundTrip(roundTrip);
            }

            _asked = ping.Asked;
        }
    }

    /// <summary>Time has passed.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            if (_delivery.Tick(Elapsed, _session.OnTheWay))
            {
                meter.Delivers(_delivery);
            }
        }
    }

    /// <inheritdoc cref="SenderSession.Close" />
    /// <param name="written">What was being written.</param>
    public void Close(BufferValueWriter written)
    {
        lock (_gate)
        {
            _session.Close();
            written.Discard();
        }
    }
}
