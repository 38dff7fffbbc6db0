using System.Runtime.CompilerServices;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Telemetry;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Links;

/// <summary>The sending end of a link to another process: encodes items and keeps them until they have arrived, over however many connections that takes.</summary>
/// <remarks>It tries again until it is disposed: giving up is for whoever knows the plan. Only what no attempt can mend ends it.</remarks>
internal sealed partial class RemoteSender : ILinkSender, IAsyncDisposable
{
    // What a receiver says is short.
    private const int ReadBytes = 4 * 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    // A plan's end is ordered of both sides, and the one that hears of it first closes the connection: only what lasts longer is trouble, or silence, which nobody orders.
    private static readonly TimeSpan ToldAfter = TimeSpan.FromSeconds(2);

    private readonly RemoteSenderSetup _setup;
    private readonly LinkOptions _options;
    private readonly LinkMeter _meter;
    private readonly BufferValueWriter _output;
    private readonly Guid _sessionId = Guid.NewGuid();
    private readonly Outbox _outbox;
    private readonly AsyncSignal _work = new();
    private readonly AsyncSignal _room = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private int _expected;
    private long _attempt;
    private long _heard;

    public RemoteSender(RemoteSenderSetup setup)
    {
        _setup = setup;
        _options = setup.Options;
        _meter = setup.Meter;
        _output = new BufferValueWriter(LinkBuffers.Pool, FrameHeader.Bytes + _options.MostElementBytes);
        _outbox = new Outbox(2L * _options.WindowBytes, _meter, setup.Time);
        _ = _delivered.Task.Exception;
    }

    public LinkId Id => _setup.Id;

    public Task Delivered => _delivered.Task;

    public void Start() => _running = Task.Run(RunAsync);

    public bool TryWrite(Item item)
    {
        var kind = item is Element ? FrameKind.Element : FrameKind.Signal;
        if (!_outbox.CanOffer(kind))
        {
            return false;
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
        if (_outbox.IsEnded)
        {
            return;
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
        _outbox.Close(_output);
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
        _outbox.Offer(kind, _output);
        _work.Set();
    }

    private async Task RunAsync()
    {
        try
        {
            var backoff = new Backoff(FirstPause, _options.MostPause);
            var (isDown, isTold, since) = (false, false, 0L);
            while (!_outbox.IsDelivered)
            {
                var (before, began) = (_outbox.Acknowledged, _setup.Time.GetTimestamp());
                var cause = await TryConnectedAsync(isDown).ConfigureAwait(false);
                if (_outbox.IsDelivered)
                {
                    break;
                }

                // A connection that broke at once, with nothing arrived, is no better than none.
                isDown &= _outbox.Acknowledged == before && _setup.Time.GetElapsedTime(began) < _options.HandshakeDeadline + _options.SilenceDeadline;
                if (!isDown)
                {
                    backoff.Reset();
                    (isTold, since) = (false, _setup.Time.GetTimestamp());
                }

                isDown = true;
                if (!isTold && (cause is TimeoutException || _setup.Time.GetElapsedTime(since) >= ToldAfter))
                {
                    isTold = true;
                    LogDown(_setup.Logger, Id, _setup.Address, cause?.Message ?? "The other end has closed the connection.");
                }

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
                LogUp(_setup.Logger, Id, _outbox.Resent);
            }

            // The answer to the greeting may have been the last acknowledgement, and nothing follows it.
            if (_outbox.IsDelivered)
            {
                return null;
            }

            _room.Set();
            _work.Set();
            using var reader = new FrameReader(stream, ReadBytes, 0);
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
        var hello = new Hello
        {
            Fingerprint = _setup.Fingerprint,
            Link = Id,
            Session = _sessionId,
            Attempt = ++_attempt,
            FirstHeld = _outbox.FirstHeld,
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
                _outbox.Resume(reply, _setup.Time.GetElapsedTime(greeted), isAgain: _attempt > 1);
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
                        _outbox.OnAck(AckBody.Read(body.Span));
                        _room.Set();
                        if (_outbox.IsDelivered)
                        {
                            return;
                        }

                        break;
                    case FrameKind.Ping:
                        _outbox.OnPing(ClockBody.Read(body.Span));
                        _work.Set();
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

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var batch = LinkBuffers.Pool.Rent(Outbox.BatchBytes);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var bytes = _outbox.Next(batch);
                if (bytes.IsEmpty)
                {
                    await _work.WaitAsync().ConfigureAwait(false);
                    continue;
                }

                await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                _outbox.Written(bytes.Length);
            }
        }
        finally
        {
            LinkBuffers.Pool.Return(batch);
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

            _outbox.Tick();
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
