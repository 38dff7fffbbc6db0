using System.Runtime.CompilerServices;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Links.Sessions;
using JellyBean.Runtime.Telemetry;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Links;

/// <summary>The sending end of a link to another process: encodes items and keeps them until they have arrived, over however many connections that takes.</summary>
/// <remarks>It tries again until it is disposed: giving up is for whoever knows the plan. Only what no attempt can mend ends it.</remarks>
internal sealed partial class RemoteSender : ILinkSender, IAsyncDisposable
{
    // Small frames are written together, up to this; large ones alone.
    private const int BatchBytes = 64 * 1024;
    private const int LargeBytes = 16 * 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private readonly RemoteSenderSetup _setup;
    private readonly LinkOptions _options;
    private readonly LinkMeter _meter;
    private readonly BufferValueWriter _output;
    private readonly Guid _sessionId = Guid.NewGuid();
    private readonly SenderSession _session;
    private readonly DeliveryEstimate _delivery = new(RemoteReceiver.Linger);
    private readonly Lock _gate = new();
    private readonly AsyncSignal _work = new();
    private readonly AsyncSignal _room = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _pong = new byte[FrameHeader.Bytes + ClockBody.Bytes];
    private Task _running = Task.CompletedTask;
    private int _expected;
    private long _attempt;
    private long _heard;
    private readonly long _began;
    private long? _asked;

    public RemoteSender(RemoteSenderSetup setup)
    {
        _setup = setup;
        _options = setup.Options;
        _meter = setup.Meter;
        _output = new BufferValueWriter(LinkBuffers.Pool, FrameHeader.Bytes + _options.MostElementBytes);
        _began = setup.Time.GetTimestamp();
        _session = new SenderSession(2L * _options.WindowBytes, buffer => LinkBuffers.Pool.Return(buffer));
        _ = _delivered.Task.Exception;
    }

    public LinkId Id => _setup.Id;

    public Task Delivered => _delivered.Task;

    private TimeSpan Elapsed => _setup.Time.GetElapsedTime(_began);

    public void Start() => _running = Task.Run(RunAsync);

    public bool TryWrite(Item item)
    {
        var kind = item is Element ? FrameKind.Element : FrameKind.Signal;
        lock (_gate)
        {
            if (!_session.CanOffer(kind))
            {
                return false;
            }
        }

        // Only this thread offers, so there still is room when the item is encoded.
        if (Encode(item))
        {
            Offer(kind);
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WaitToWriteAsync()
    {
        await _room.WaitAsync().ConfigureAwait(false);
        if (_delivered.Task.IsFaulted)
        {
            await _delivered.Task.ConfigureAwait(false);
        }

        return !_stop.IsCancellationRequested;
    }

    public void Complete()
    {
        _output.Begin(FrameHeader.Bytes, FrameHeader.Bytes);
        Offer(FrameKind.Completed);
    }

    public void Fail(Exception cause)
    {
        lock (_gate)
        {
            if (_session.IsEnded)
            {
                return;
            }
        }

        _output.Begin(FrameHeader.Bytes, FrameHeader.Bytes);
        var text = System.Text.Encoding.UTF8.GetBytes(LinkText.Of(cause));
        text.CopyTo(_output.GetSpan(text.Length));
        _output.Advance(text.Length);
        Offer(FrameKind.Failed);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _delivered.TrySetCanceled();
        _room.Set();
        lock (_gate)
        {
            _session.Close();
            _output.Discard();
        }

        _stop.Dispose();
    }

    private bool Encode(Item item)
    {
        try
        {
            _output.Begin(FrameHeader.Bytes, _expected);
            if (item is Element element)
            {
                _meter.Sent(_setup.Format.Write(element, _output));
                _expected = _output.Written;
            }
            else
            {
                ItemFormat.Write(item, _output);
            }

            return true;
        }
        catch (Exception cause) when (item is Element element)
        {
            // Users' values and codecs: what they throw concerns this element alone, and its frontier settles it.
            _setup.OnUnsendable(element.Lineage, cause);
            return false;
        }
    }

    private void Offer(FrameKind kind)
    {
        lock (_gate)
        {
            if (_session.IsEnded)
            {
                _output.Discard();
                return;
            }

            var length = _output.Written;
            _session.Offer(kind, _output.Detach(), length);
        }

        _work.Set();
    }

    private async Task RunAsync()
    {
        try
        {
            var backoff = new Backoff(FirstPause, _options.MostPause);
            var isDown = false;
            while (!_session.IsDelivered)
            {
                var (before, began) = (_session.Acknowledged, _setup.Time.GetTimestamp());
                var cause = await TryConnectedAsync(isDown).ConfigureAwait(false);
                if (_session.IsDelivered)
                {
                    break;
                }

                // A connection that broke at once, with nothing arrived, is no better than none.
                isDown &= _session.Acknowledged == before && _setup.Time.GetElapsedTime(began) < _options.HandshakeDeadline + _options.SilenceDeadline;
                if (!isDown)
                {
                    LogDown(_setup.Logger, Id, _setup.Address, cause?.Message ?? "The other end has closed the connection.");
                    backoff.Reset();
                }

                isDown = true;
                await Task.Delay(backoff.Next(), _setup.Time, _stop.Token).ConfigureAwait(false);
            }

            _delivered.TrySetResult();
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            _delivered.TrySetCanceled();
        }
        catch (Exception cause)
        {
            _delivered.TrySetException(cause);
        }

        _room.Set();
    }

    /// <returns>Why the connection could not be made, or broke.</returns>
    private async Task<Exception?> TryConnectedAsync(bool isDown)
    {
        Stream? stream = null;
        try
        {
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            using (new Deadline(_options.HandshakeDeadline, _setup.Time, patience))
            {
                stream = await _setup.DialAsync(_setup.Address, patience.Token).ConfigureAwait(false);
                await GreetAsync(stream, patience.Token).ConfigureAwait(false);
            }

            if (isDown)
            {
                LogUp(_setup.Logger, Id, _session.Resent);
            }

            // The answer to the greeting may have been the last acknowledgement, and nothing follows it.
            if (_session.IsDelivered)
            {
                return null;
            }

            _room.Set();
            _work.Set();
            using var reader = new FrameReader(stream, BatchBytes / 16, 0);
            return await LinkLoops.RunAsync(stream, _work, _stop.Token, token => ReadAsync(reader, token), token => WriteAsync(stream, token), WatchAsync).ConfigureAwait(false) switch
            {
                LinkException fatal => throw fatal,
                var cause => cause,
            };
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException || (cause is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            return cause is OperationCanceledException ? new TimeoutException($"{_setup.Address} did not answer within {_options.HandshakeDeadline}.") : cause;
        }
        finally
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task GreetAsync(Stream stream, CancellationToken cancellationToken)
    {
        // Something is being offered meanwhile.
        long firstHeld;
        lock (_gate)
        {
            firstHeld = _session.FirstHeld;
        }

        var hello = new Hello
        {
            Fingerprint = _setup.Fingerprint,
            Link = Id,
            Session = _sessionId,
            Attempt = ++_attempt,
            FirstHeld = firstHeld,
            Clock = ItemFormat.Clock,
        };
        Reply reply;
        var greeted = _setup.Time.GetTimestamp();
        try
        {
            await stream.WriteAsync(Greeting.Write(hello), cancellationToken).ConfigureAwait(false);
            reply = await Greeting.ReadReplyAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (VersionException cause)
        {
            throw new LinkException(cause.Message, cause);
        }

        switch (reply.Verdict)
        {
            case Verdict.Welcome:
                lock (_gate)
                {
                    var resent = _session.Resent;
                    _session.Resume(reply.Session, new AckBody(reply.Received, reply.Granted));
                    _delivery.Connected(Elapsed, _session.Delivered, _setup.Time.GetElapsedTime(greeted));
                    if (_attempt > 1)
                    {
                        _meter.Reconnected(_session.Resent - resent);
                    }
                }

                _heard = _setup.Time.GetTimestamp();
                break;
            case Verdict.NotOpen:
                throw new IOException(reply.Reason);
            default:
                throw new LinkException(reply.Reason);
        }
    }

    private async Task ReadAsync(FrameReader reader, CancellationToken cancellationToken)
    {
        do
        {
            _heard = _setup.Time.GetTimestamp();
            while (reader.TryRead(out var header, out var body))
            {
                switch (header.Kind)
                {
                    case FrameKind.Ack:
                        OnAck(AckBody.Read(body.Span));
                        if (_session.IsDelivered)
                        {
                            return;
                        }

                        break;
                    case FrameKind.Ping:
                        OnPing(ClockBody.Read(body.Span));
                        break;
                    case FrameKind.Cancelled:
                        throw new LinkException($"The receiver of link {Id} takes no more: {LinkText.Read(body.Span)}");
                    default:
                        throw new InvalidDataException($"A receiver does not send frames of kind {header.Kind}.");
                }
            }
        }
        while (await reader.FillAsync(cancellationToken).ConfigureAwait(false));
    }

    private void OnAck(AckBody ack)
    {
        lock (_gate)
        {
            _session.OnAck(ack);
            if (_delivery.Acknowledged(Elapsed, _session.Delivered, _session.OnTheWay))
            {
                _meter.Delivers(_delivery);
            }
        }

        _room.Set();
    }

    private void OnPing(ClockBody ping)
    {
        var roundTrip = TimeSpan.FromMicroseconds(ping.Told / 1000);
        if (ping.Told > 0)
        {
            _meter.RoundTrip(roundTrip);
        }

        lock (_gate)
        {
            if (ping.Told > 0)
            {
                _delivery.RoundTrip(roundTrip);
            }

            _asked = ping.Asked;
        }

        _work.Set();
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var batch = LinkBuffers.Pool.Rent(BatchBytes);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var bytes = NextBytes(batch);
                if (bytes.IsEmpty)
                {
                    await _work.WaitAsync().ConfigureAwait(false);
                    continue;
                }

                await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                _meter.Wrote(bytes.Length);
                lock (_gate)
                {
                    _session.Written();
                }
            }
        }
        finally
        {
            LinkBuffers.Pool.Return(batch);
        }
    }

    /// <summary>What to write next: an answer to a ping, one large frame, or as many small ones as go together.</summary>
    private ReadOnlyMemory<byte> NextBytes(byte[] batch)
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

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var beat = new PeriodicTimer(_options.HeartbeatInterval, _setup.Time);
        while (await beat.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            var silence = _setup.Time.GetElapsedTime(_heard);
            if (silence > _options.SilenceDeadline)
            {
                throw new TimeoutException($"Nothing was heard of {_setup.Address} for {silence.TotalSeconds:0.0} s.");
            }

            lock (_gate)
            {
                if (_delivery.Tick(Elapsed, _session.OnTheWay))
                {
                    _meter.Delivers(_delivery);
                }
            }
        }
    }

    [LoggerMessage(EventId = 1200, Level = LogLevel.Warning, Message = "Link {Link} to {Address} is down; it is tried again, and what has not arrived is kept. Cause: {Cause}")]
    private static partial void LogDown(ILogger logger, LinkId link, NodeAddress address, string cause);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "Link {Link} is up again; {Resent} frames were sent more than once since it began")]
    private static partial void LogUp(ILogger logger, LinkId link, long resent);
}

/// <summary>What a <see cref="RemoteSender"/> is made of.</summary>
internal sealed record RemoteSenderSetup
{
    public required LinkId Id { get; init; }

    public required NodeAddress Address { get; init; }

    public required string Fingerprint { get; init; }

    public required ItemFormat Format { get; init; }

    public required LinkOptions Options { get; init; }

    public required LinkMeter Meter { get; init; }

    /// <summary>Makes a connection.</summary>
    public required Func<NodeAddress, CancellationToken, Task<Stream>> DialAsync { get; init; }

    /// <summary>Told of an element that cannot be encoded, and why.</summary>
    public required Action<JellyBean.Workflows.Elements.Lineage, Exception> OnUnsendable { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
