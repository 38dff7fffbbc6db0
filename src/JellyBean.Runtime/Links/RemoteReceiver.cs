using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Links.Sessions;
using JellyBean.Workflows.Elements;

namespace JellyBean.Runtime.Links;

/// <summary>The receiving end of a link from another process: decodes items as they come in, over however many connections that takes, and grants credit as they are taken.</summary>
/// <remarks>The endpoint brings connections; the latest greeting that was accepted is the one that counts.</remarks>
internal sealed class RemoteReceiver : ILinkReceiver
{
    private const int StagingBytes = 256 * 1024;

    /// <summary>How long an acknowledgement may wait for others that go with it.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);

    private readonly RemoteReceiverSetup _setup;
    private readonly ReceiverSession _session;
    private readonly ReceiveQueue _queue = new();
    private readonly Lock _gate = new();
    private readonly AsyncSignal _readable = new();
    private readonly ITimer _linger;
    private ReceivingConnection? _current;
    private Exception? _failure;
    private string? _cancelled;
    private bool _isLingering;
    private bool _isClosed;

    public RemoteReceiver(RemoteReceiverSetup setup)
    {
        _setup = setup;
        _session = new ReceiverSession(setup.Options.WindowBytes);
        _linger = setup.Time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LinkId Id => _setup.Id;

    public bool TryRead([MaybeNullWhen(false)] out Item item)
    {
        bool isUrgent;
        lock (_gate)
        {
            if (!_queue.TryTake(out item, out var cost))
            {
                return false;
            }

            _session.Consumed(cost);
            isUrgent = _session.IsAckUrgent;
        }

        if (isUrgent)
        {
            Wake();
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WaitToReadAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_queue.IsEmpty)
                {
                    return true;
                }

                if (_failure is not null)
                {
                    throw _failure;
                }

                if (_session.IsEnded || _isClosed)
                {
                    return false;
                }
            }

            await _readable.WaitAsync().ConfigureAwait(false);
        }
    }

    public void Cancel(Exception? cause)
    {
        lock (_gate)
        {
            if (_session.IsEnded && cause is null)
            {
                return;
            }

            _cancelled ??= cause is null ? "it has stopped." : LinkText.Of(cause);
        }

        Wake();
    }

    /// <summary>A sender wants to begin a connection; if it is welcome, the one before is over.</summary>
    /// <param name="hello">What it says.</param>
    /// <param name="connection">Serve this one; null if it is not welcome.</param>
    public Reply Greet(Hello hello, out ReceivingConnection? connection)
    {
        ReceivingConnection? before;
        Reply reply;
        connection = null;
        lock (_gate)
        {
            if (_isClosed)
            {
                return Reply.Refuse(Verdict.NotOpen, $"Link {Id} is closed.");
            }

            reply = _session.Greet(hello);
            if (reply.Verdict != Verdict.Welcome)
            {
                return reply;
            }

            before = _current;
            _current = connection = new ReceivingConnection(ItemFormat.Clock - hello.Clock);
        }

        before?.Over.Cancel();
        return reply;
    }

    /// <summary>Takes what comes over a connection until it breaks, another one takes its place, or the link is closed.</summary>
    /// <returns>Why it broke; null if it was closed.</returns>
    public async Task<Exception?> ServeAsync(Stream stream, ReceivingConnection connection)
    {
        connection.Heard = _setup.Time.GetTimestamp();
        using var reader = new FrameReader(stream, StagingBytes, _setup.Options.MostElementBytes);
        var cause = await LinkLoops.RunAsync(
            stream,
            connection.Work,
            connection.Over.Token,
            token => ReadAsync(reader, connection, token),
            token => WriteAsync(stream, connection, token),
            token => WatchAsync(connection, token)).ConfigureAwait(false);
        lock (_gate)
        {
            if (_current == connection)
            {
                _current = null;
            }
        }

        return cause;
    }

    /// <summary>Takes no more connections and ends the one that stands.</summary>
    public void Close()
    {
        ReceivingConnection? last;
        lock (_gate)
        {
            _isClosed = true;
            last = _current;
        }

        last?.Over.Cancel();
        _linger.Dispose();
        _readable.Set();
    }

    private void Wake() => Volatile.Read(ref _current)?.Work.Set();

    private async Task ReadAsync(FrameReader reader, ReceivingConnection connection, CancellationToken cancellationToken)
    {
        do
        {
            connection.Heard = _setup.Time.GetTimestamp();
            var isUrgent = false;
            while (reader.TryRead(out var header, out var body))
            {
                if (FrameHeader.IsNumbered(header.Kind))
                {
                    isUrgent |= Take(header, body, connection);
                }
                else if (header.Kind == FrameKind.Pong)
                {
                    var pong = ClockBody.Read(body.Span);
                    connection.RoundTrip = connection.Clock.Add(pong.Asked, pong.Told, ItemFormat.Clock);
                }
                else
                {
                    throw new InvalidDataException($"A sender does not send frames of kind {header.Kind}.");
                }
            }

            Tell(isUrgent);
        }
        while (await reader.FillAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <returns>Whether the sender should hear of it soon.</returns>
    private bool Take(FrameHeader header, ReadOnlyMemory<byte> body, ReceivingConnection connection)
    {
        // Decoding is the long part: outside the lock. Only this connection's task decodes.
        var element = header.Kind == FrameKind.Element ? _setup.Format.ReadElement(body, connection.Names, connection.Clock.Ahead) : default;
        var signal = header.Kind == FrameKind.Signal ? ItemFormat.ReadSignal(body, connection.Names) : null;
        bool isUrgent;
        lock (_gate)
        {
            if (_current != connection)
            {
                // Another connection has gone on from before this frame: it will come again there.
                return false;
            }

            var cost = _session.Receive(header);
            if ((element.Element ?? signal) is { } item)
            {
                _queue.Add(item, cost);
            }
            else
            {
                _session.Consumed(cost);
            }

            if (header.Kind == FrameKind.Failed)
            {
                _failure = new LinkException($"The sender of link {Id} has failed: {LinkText.Read(body.Span)}");
            }

            isUrgent = _session.IsAckUrgent;
        }

        if (element.Cause is { } cause)
        {
            _setup.OnUnreadable(element.Lineage, cause);
        }

        _readable.Set();
        return isUrgent;
    }

    private void Tell(bool isUrgent)
    {
        if (isUrgent)
        {
            Wake();
            return;
        }

        lock (_gate)
        {
            if (!_isLingering && !_isClosed && _session.IsAckDue)
            {
                _isLingering = true;
                _linger.Change(Linger, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task WriteAsync(Stream stream, ReceivingConnection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[(2 * FrameHeader.Bytes) + AckBody.Bytes + ClockBody.Bytes];
        while (!cancellationToken.IsCancellationRequested)
        {
            var filled = Fill(buffer, connection, out var goodbye);
            if (filled > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, filled), cancellationToken).ConfigureAwait(false);
            }

            if (goodbye is not null)
            {
                await stream.WriteAsync(goodbye, cancellationToken).ConfigureAwait(false);
            }

            await connection.Work.WaitAsync().ConfigureAwait(false);
        }
    }

    private int Fill(byte[] buffer, ReceivingConnection connection, out byte[]? goodbye)
    {
        var filled = 0;
        lock (_gate)
        {
            goodbye = _cancelled is not null && !connection.SaidGoodbye ? LinkText.Frame(FrameKind.Cancelled, _cancelled) : null;
            connection.SaidGoodbye |= goodbye is not null;
            if (_current != connection)
            {
                return 0;
            }

            _isLingering = false;
            if (_session.IsAckDue)
            {
                new FrameHeader(FrameKind.Ack, AckBody.Bytes, 0).Write(buffer);
                _session.TakeAck().Write(buffer.AsSpan(FrameHeader.Bytes));
                filled += FrameHeader.Bytes + AckBody.Bytes;
            }

            if (connection.IsPingDue)
            {
                connection.IsPingDue = false;
                new FrameHeader(FrameKind.Ping, ClockBody.Bytes, 0).Write(buffer.AsSpan(filled));
                new ClockBody(ItemFormat.Clock, connection.RoundTrip).Write(buffer.AsSpan(filled + FrameHeader.Bytes));
                connection.RoundTrip = 0;
                filled += FrameHeader.Bytes + ClockBody.Bytes;
            }
        }

        return filled;
    }

    private async Task WatchAsync(ReceivingConnection connection, CancellationToken cancellationToken)
    {
        using var beat = new PeriodicTimer(_setup.Options.HeartbeatInterval, _setup.Time);
        while (await beat.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var silence = _setup.Time.GetElapsedTime(connection.Heard);
            if (silence > _setup.Options.SilenceDeadline)
            {
                throw new TimeoutException($"Nothing was heard of the sender of link {Id} for {silence.TotalSeconds:0.0} s.");
            }

            connection.IsPingDue = true;
            connection.Work.Set();
        }
    }
}

/// <summary>What a <see cref="RemoteReceiver"/> is made of.</summary>
internal sealed record RemoteReceiverSetup
{
    public required LinkId Id { get; init; }

    public required ItemFormat Format { get; init; }

    public required LinkOptions Options { get; init; }

    /// <summary>Told of an element that cannot be decoded, and why.</summary>
    public required Action<Lineage, Exception> OnUnreadable { get; init; }

    public required TimeProvider Time { get; init; }
}
