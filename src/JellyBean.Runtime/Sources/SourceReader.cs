using System.Diagnostics;
using System.Threading.Channels;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Runtime.Sources;

/// <summary>Reads a source ahead of the stage, numbers what it offers and applies the overload policy: the only place where elements are dropped.</summary>
internal sealed class SourceReader : IAsyncDisposable
{
    // Elements read ahead of a stage that blocks; frames are large, so few.
    private const int BlockAhead = 4;

    private readonly BoundSource _source;
    private readonly SourceMeter _meter;
    private readonly Channel<NumberedOffer> _channel;
    private readonly CancellationTokenSource _stop = new();
    private EventTimeSampling? _sampling;
    private readonly PauseGate _gate = new();
    private volatile Action? _paused;
    private volatile Action<(long Passed, long Next)>? _passedBy;
    private volatile bool _isHeld;
    private volatile bool _isLeft;
    private volatile RateLimit? _limit;
    private volatile TaskCompletionSource? _room;
    private long _next;
    private long _passed;
    private long _sampled;
    private long _shed;
    private long _passedBefore;
    private Task _reading = Task.CompletedTask;
    private bool _isStarted;

    public SourceReader(BoundSource source, SourceOptions options, SourceMeter meter)
    {
        _source = source;
        _meter = meter;
        _next = options.From;
        Options = options;
        _channel = CanDrop
            ? Channel.CreateBounded<NumberedOffer>(
                new BoundedChannelOptions((options.Overload as Overload.DropOldestPolicy)?.Capacity ?? 1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
                _ => meter.Dropped())
            : Channel.CreateBounded<NumberedOffer>(new BoundedChannelOptions(BlockAhead) { SingleReader = true, SingleWriter = true });
        meter.Reads(source, () => _isHeld);
        meter.Queues(CanDrop, () => (_channel.Reader.Count, _channel.Reader.TryPeek(out var oldest) ? oldest.OfferedAt : 0));
    }

    /// <summary>Whether its overload policy drops; one that waits instead is not shed either.</summary>
    public bool CanDrop => Options.Overload is Overload.DropOldestPolicy or Overload.SamplePolicy;

    public BoundSource Source => _source;

    public SourceOptions Options { get; private set; }

    /// <summary>What was offered and not dropped, in order; ends with the source, with its error if it could not be read at all.</summary>
    public ChannelReader<NumberedOffer> Offers => _channel.Reader;

    /// <summary>Takes the next of them.</summary>
    public bool TryTake(out NumberedOffer offer)
    {
        var isTaken = _channel.Reader.TryRead(out offer);
        if (isTaken)
        {
            _room?.TrySetResult();
        }

        return isTaken;
    }

    /// <summary>How many it has sampled out, and how many were shed, by now.</summary>
    public (long Sampled, long Shed) LeftOut => (Volatile.Read(ref _sampled), Volatile.Read(ref _shed));

    /// <summary>The number that the next element it offers will have.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Why the source ended before its time; null if it did not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Lets in at most this many elements per second from now on, and drops the others as they come; null for all. Does nothing where the overload policy waits.</summary>
    public void Limit(double? perSecond) => _limit = perSecond is { } rate && CanDrop ? _limit?.PerSecond == rate ? _limit : new RateLimit(rate) : null;

    /// <summary>Begins to read, unless it reads already: a plan that takes another's place goes on with the reader of the one before.</summary>
    /// <param name="state">How far the source had been read under the plan before; null if this is the first.</param>
    /// <returns>How far it is read and admitted so far.</returns>
    public SourceState Start(SourceState? state)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Options = state is null ? Options : Options.GoOn(state, _source.IsReplayable);
            _next = Options.From;
            (_sampled, _shed) = (Options.Sampled, Options.Shed);
            _sampling = Options.Overload is Overload.SamplePolicy sample ? new EventTimeSampling(sample.PerSecond, Options.Reached, Options.Tokens) : null;
            _meter.Restore(Options, isLive: !_source.IsReplayable);
            _reading = Task.Run(ReadAsync);
            return new SourceState(Options.From - 1, Options.Reached, Options.Dropped, Options.From, Options.BeginsIdle, _sampled, _shed, Options.Tokens);
        }

        return state ?? throw new InvalidOperationException($"The source '{_source.Id}' is read already, but nobody has said how far.");
    }

    /// <summary>Whether it is held up: the element that it had in hand has been offered, and no other comes.</summary>
    public bool IsPaused => _isHeld;

    /// <summary>Reads no more until it is resumed.</summary>
    public bool Pause() => _gate.Pause();

    /// <summary>While it is held up, passes by what another version has read meanwhile.</summary>
    /// <param name="number">The next to read.</param>
    /// <returns>Whether it is there, or behind it; false as long as it is not held up, and must not go on.</returns>
    public bool PassTo(long number)
    {
        var passes = number - Next;
        if (passes <= 0)
        {
            return true;
        }

        if (!_isHeld)
        {
            return false;
        }

        _passed += passes;
        Volatile.Write(ref _next, number);
        _meter.Passed(passes);
        _passedBy?.Invoke((_passed, number));
        return true;
    }

    /// <summary>Called when numbers are passed by, with how many ever were, and the next to read.</summary>
    public void OnPassed(Action<(long Passed, long Next)> passedBy) => _passedBy = passedBy;

    /// <summary>How many numbers were passed by since this was asked before.</summary>
    /// <param name="passed">How many ever were by then.</param>
    public long TakePassed(long passed)
    {
        var more = passed - _passedBefore;
        _passedBefore = passed;
        return more;
    }

    /// <summary>Reads again: what can be read again from where it was.</summary>
    public bool Resume() => _gate.Resume();

    /// <summary>Called when it has been paused and nothing more comes.</summary>
    public void OnPaused(Action paused) => _paused = paused;

    /// <summary>Whether no plan reads it any more: its end is the source's.</summary>
    public bool IsLeft => _isLeft;

    /// <summary>The plan that takes its place is without the source.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Reads no more; what was offered is still given.</summary>
    public void Drain() => _stop.Cancel();

    /// <summary>Ends at once.</summary>
    public void Abort()
    {
        _stop.Cancel();
        _channel.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        Abort();
        await _reading.ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _gate.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (!await ReadUntilPausedAsync().ConfigureAwait(false))
            {
                _isHeld = true;
                _paused?.Invoke();
                await _gate.PassAsync(_stop.Token).ConfigureAwait(false);
                _isHeld = false;
            }

            _meter.Worked(_source.Work);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Draining: what was read so far is the source's end.
        }
        catch (ChannelClosedException)
        {
            // Aborted while it waited for room: the element in hand goes nowhere.
            _meter.CutOff();
        }
        catch (Exception cause)
        {
            Fault = cause;
        }

        _channel.Writer.TryComplete(_next == Options.From ? Fault : null);
    }

    /// <returns>Whether the source has come to its end, or is to; false where it was paused.</returns>
    private async Task<bool> ReadUntilPausedAsync()
    {
        var pause = _gate.Token;
        if (pause.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            return false;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, pause);
        try
        {
            await foreach (var offer in _source.ReadAsync(_next, end.Token).ConfigureAwait(false))
            {
                await TakeAsync(offer).ConfigureAwait(false);
                if (end.IsCancellationRequested)
                {
                    return _stop.IsCancellationRequested;
                }
            }

            return true;
        }
        catch (OperationCanceledException) when (pause.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    // What was recorded comes as fast as it can be read: dropping would undo what it is recorded for.
    private async ValueTask MakeRoomAsync()
    {
        var most = (Options.Overload as Overload.DropOldestPolicy)?.Capacity ?? 1;
        while (CanDrop && _channel.Reader.Count >= most)
        {
            var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _room = room;

            // One may have been taken in between.
            if (_channel.Reader.Count >= most)
            {
                await room.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask TakeAsync(Offer offer)
    {
        if (offer.IsAgain)
        {
            await MakeRoomAsync().ConfigureAwait(false);
        }

        _meter.Offered();
        _meter.Worked(_source.Work);
        var now = Stopwatch.GetTimestamp();
        if (_sampling?.Admits(offer.EventTime) == false)
        {
            _next++;
            _sampled++;
            _meter.Sampled();
        }
        else if (!offer.IsAgain && _limit is { } limit && !limit.Admits(now))
        {
            _next++;
            _shed++;
            _meter.Shed();
        }
        else
        {
            await _channel.Writer.WriteAsync(new NumberedOffer(_next++, offer, now, _passed, _sampled, _shed, _sampling?.Tokens ?? RateLimit.Full)).ConfigureAwait(false);
        }
    }
}

/// <summary>An offer, the number that it has taken, when it came, and how many numbers the reader had passed by, sampled out and shed until then, and what sampling had left.</summary>
internal readonly record struct NumberedOffer(long Number, Offer Offer, long OfferedAt, long Passed, long Sampled, long Shed, double Tokens);
