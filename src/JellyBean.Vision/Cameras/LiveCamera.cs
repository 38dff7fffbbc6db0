using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using JellyBean.Vision.Recordings;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>A camera that goes on by itself: connected anew whenever it is lost, for ever; its frames have the times at which they were taken.</summary>
internal sealed class LiveCamera(CameraOptions options, CameraAddress address, TimeProvider time, SupervisionOptions patience) : ISource<Frame>
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ToConnect = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _disposed = new();
    private readonly CaptureClock _clock = new(options.ClockOffset);
    private readonly Supervision _supervision = new(patience, Random.Shared.NextDouble);
    private readonly Doorbell _doorbell = new(options, address, patience, time);
    private readonly Thinning _thinning = new(options);
    private readonly Recording? _recording = options.Recording is { } recording ? new Recording(recording, options.Name, time) : null;
    private (long From, ImmutableArray<(RecordedSession Session, ImmutableArray<RecordedFrame> Frames)> Given)? _again;
    private long? _next;
    private bool _goesStraight;
    private volatile SourceHealth _health = new();
    private long _decoded;
    private long _leftOut;
    private long _complaints;
    private long _busyTicks;

    public string Name => options.Name;

    public bool IsReplayable => false;

    public double? NominalRate => options.MaxFps;

    public SourceWork Work => new(TimeSpan.FromTicks(Interlocked.Read(ref _busyTicks)), Interlocked.Read(ref _complaints));

    public SourceHealth? Health => _health;

    public bool CanReadAgain(long from)
    {
        _again = _recording?.From(from) is { } given ? (from, given) : null;
        return _again is not null;
    }

    public async IAsyncEnumerable<SourceItem<Frame>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var number = from;
        var isAnew = _next != from;
        using var recording = _recording;
        if (_again is { } held && held.From != from)
        {
            // It was held up while it gave what was recorded: the rest of that is next.
            CanReadAgain(from);
        }

        if (_again is { } again)
        {
            isAnew = false;
            await foreach (var item in ReadAgainAsync(again.Given, end.Token))
            {
                _next = ++number;
                yield return item;
            }
        }

        _again = null;
        while (true)
        {
            TimeSpan wait;
            var segments = recording?.Begin(isAnew);
            isAnew = false;
            await using (var relay = await RelayAsync(end.Token))
            {
                var by = relay is null ? address : address.By(relay.Place);
                await using var decoder = new VideoDecoder(Name, DecoderArguments.OfLive(options, by, segments), by.Redact, end.Token, reason => recording?.Fail(reason));
                var told = new ToldTimes(address, decoder, relay);
                _clock.Restart();
                _supervision.Begin();
                Tell();
                while (true)
                {
                    var (frame, lost) = await NextAsync(decoder, end.Token);
                    if (frame is not { } next)
                    {
                        wait = lost;

                        // A server may want to be called by its own name: then reports of its clock are done without.
                        _goesStraight = _supervision.IsFlowing ? _goesStraight : relay is not null && _supervision.Condition != SourceCondition.Refused;
                        break;
                    }

                    var arrived = time.GetUtcNow();
                    if (!_clock.IsTold && next.Time is { } shown && await told.OfAsync(shown, end.Token) is { } at)
                    {
                        _clock.Tell(shown, at, arrived);
                    }

                    var taken = _clock.TimeOf(next.Time, arrived);
                    var isKept = _thinning.Keeps(taken - DateTimeOffset.UnixEpoch);
                    Count(isKept);
                    if (isKept)
                    {
                        recording?.Note(new RecordedFrame(number, next.Time ?? TimeSpan.MinValue, taken, arrived));
                        _next = number + 1;
                        yield return new SourceItem<Frame>(Encode(decoder, next, number++, taken), taken);
                    }
                }
            }

            Tell();
            await _doorbell.WaitAsync(wait, end.Token);
        }
    }

    public async ValueTask DisposeAsync() => await _disposed.CancelAsync();

    private async IAsyncEnumerable<SourceItem<Frame>> ReadAgainAsync(
        ImmutableArray<(RecordedSession Session, ImmutableArray<RecordedFrame> Frames)> given, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var playback = new Playback(options);
        foreach (var (session, frames) in given)
        {
            await foreach (var item in playback.ReadAsync(session, frames, cancellationToken))
            {
                yield return item;
            }
        }
    }

    /// <returns>What hears the camera's reports of its clock; null where it sends none within its connection, or cannot be reached.</returns>
    private async ValueTask<RtspRelay?> RelayAsync(CancellationToken cancellationToken) =>
        address.Text.StartsWith("rtsp://", StringComparison.Ordinal) && options is { Listen: false, Transport: RtspTransport.Tcp } && !_goesStraight && Doorbell.DoorOf(address) is { } door
            ? await RtspRelay.OpenAsync(door.Host, door.Port, ToConnect, cancellationToken)
            : null;

    /// <returns>A frame; or none, and how long to wait before the next decoder.</returns>
    private async ValueTask<(DecodedFrame? Frame, TimeSpan Wait)> NextAsync(VideoDecoder decoder, CancellationToken cancellationToken)
    {
        try
        {
            if (await decoder.ReadAsync(_supervision.Patience, cancellationToken) is { } frame)
            {
                _supervision.Frame(TimeSpan.FromTicks(time.GetUtcNow().UtcTicks));
                return (frame, default);
            }

            await EndedAsync(decoder, cancellationToken);
            return (null, _supervision.Ended(decoder.LastLines));
        }
        catch (TimeoutException e)
        {
            return (null, _supervision.Silent(e.Message));
        }
        catch (SourceException e)
        {
            // Pictures that are too large, now: the camera may think better of it.
            return (null, _supervision.Ended(e.Message));
        }
        finally
        {
            var (busy, complaints) = decoder.TakeWork();
            Interlocked.Add(ref _busyTicks, busy.Ticks);
            Interlocked.Add(ref _complaints, complaints);
        }
    }

    // Its frames are at their end; what it says about that comes a moment later.
    private static async Task EndedAsync(VideoDecoder decoder, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LastWords);
        try
        {
            await decoder.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It goes without them.
        }
    }

    private void Count(bool isKept)
    {
        _decoded++;
        _leftOut += isKept ? 0 : 1;
        Tell();
    }

    private void Tell() => _health = new SourceHealth
    {
        Condition = _supervision.Condition,
        Trouble = _supervision.Trouble,
        Decoded = _decoded,
        LeftOut = _leftOut,
        Connects = _supervision.Connects,
        Stalls = _supervision.Stalls,
        TimesRepaired = _clock.Repaired,
        IsTimeTold = _clock.IsTold,
        Recording = _recording?.State,
    };

    private Frame Encode(VideoDecoder decoder, DecodedFrame frame, long number, DateTimeOffset at)
    {
        var started = Stopwatch.GetTimestamp();
        var picture = Picture.FromPixels(decoder.Pixels, frame.Width, frame.Height, PixelFormat.Rgbx);
        Interlocked.Add(ref _busyTicks, Stopwatch.GetElapsedTime(started).Ticks);
        return new Frame(Name, number, at, picture) { Viewpoint = options.Viewpoint };
    }
}
