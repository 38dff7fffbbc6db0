using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>A video file as a camera. Reading it again gives the same frames, bad ones included.</summary>
internal sealed class FileCamera : ISource<Frame>
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

    private readonly CameraOptions _options;
    private readonly string _path;
    private readonly Thinning? _thinning;
    private readonly Viewpoint? _viewpoint;
    private readonly Lazy<double?> _rate;
    private readonly CancellationTokenSource _disposed = new();
    private long _complaints;
    private long _busyTicks;

    /// <summary>A camera; opens nothing yet.</summary>
    /// <param name="options">The camera's.</param>
    /// <param name="path">The file.</param>
    /// <param name="thinning">What goes on from one file to the next, where it is one of several; it is then read once.</param>
    public FileCamera(CameraOptions options, string path, Thinning? thinning = null)
    {
        _options = options;
        _path = path;
        _thinning = thinning;
        Ends = options.StartTime;
        _viewpoint = options.Viewpoint;
        _rate = new Lazy<double?>(ProbeRate);
    }

    /// <summary>When a picture behind the last one that was read would be shown.</summary>
    public DateTimeOffset Ends { get; private set; }

    /// <inheritdoc />
    public string Name => _options.Name;

    /// <inheritdoc />
    public bool IsReplayable => true;

    /// <inheritdoc />
    /// <remarks>Asks ffprobe when first read, for 10 seconds at most; null where it does not know or the file cannot be read.</remarks>
    public double? NominalRate => _rate.Value;

    /// <inheritdoc />
    /// <remarks>Busy is the decoder's processor time and the time that encoding frames takes here; a report of damage is a line in which the decoder complains.</remarks>
    public SourceWork Work => new(TimeSpan.FromTicks(Interlocked.Read(ref _busyTicks)), Interlocked.Read(ref _complaints));

    /// <inheritdoc />
    /// <remarks>Reads through the file without decoding it; null where what is in it does not tell what pictures to expect.</remarks>
    public async Task<long?> CountAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var file = await VideoFile.ProbeAsync(Name, _path, reads: true, end.Token);
        var thinning = new Thinning(_options);
        return file.Schedule.IsEmpty ? null : file.Schedule.Count(picture => Keeps(thinning, picture.Time)) + (file.IsCutOff ? 1 : 0);
    }

    /// <inheritdoc />
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        await VideoFile.ProbeAsync(Name, _path, reads: false, end.Token);
    }

    /// <inheritdoc />
    /// <remarks>The frames before <paramref name="from"/> are decoded and passed over, because seeking is not exact in every format.</remarks>
    public async IAsyncEnumerable<SourceItem<Frame>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var file = await VideoFile.ProbeAsync(Name, _path, reads: true, end.Token);
        await using var decoder = new VideoDecoder(Name, DecoderArguments.OfFile(_options, _path), line => line, end.Token);
        var schedule = new FrameSchedule(file);
        var thinning = _thinning ?? new Thinning(_options);
        var (number, pictures) = (0L, 0L);
        while (await ReadAsync(decoder, end.Token) is { } frame)
        {
            pictures++;
            var (shownAt, missing) = schedule.Place(frame.Time);
            foreach (var lost in missing)
            {
                if (Keeps(thinning, lost) && number++ >= from)
                {
                    yield return Bad(lost, decoder);
                }
            }

            Ends = _options.StartTime + shownAt + file.FrameTime;
            if (Keeps(thinning, shownAt) && number++ >= from)
            {
                var at = _options.StartTime + shownAt;
                yield return new SourceItem<Frame>(Encode(decoder, frame, number - 1, at), at);
            }
        }

        if (pictures == 0)
        {
            throw new SourceException($"Camera '{Name}': not one picture could be decoded from '{_path}': {decoder.LastLines}. {Advice()}");
        }

        foreach (var lost in schedule.Rest())
        {
            Ends = _options.StartTime + lost + file.FrameTime;
            if (Keeps(thinning, lost) && number++ >= from)
            {
                yield return Bad(lost, decoder);
            }
        }

        if (file.IsCutOff && number >= from)
        {
            yield return SourceItem<Frame>.Bad(
                string.Create(CultureInfo.InvariantCulture, $"Camera '{Name}': '{_path}' announces {file.Announced!.Value.TotalSeconds:0.#} s of video, but has only {file.Found.TotalSeconds:0.#} s with {pictures} readable pictures: the rest is cut off or damaged. Bring the file again."),
                _options.StartTime + file.Found + file.FrameTime);
        }
    }

    /// <summary>Ends the readings that are under way, and their decoders.</summary>
    public async ValueTask DisposeAsync() => await _disposed.CancelAsync();

    private bool Keeps(Thinning thinning, TimeSpan shownAt) => thinning.Keeps(_options.StartTime - DateTimeOffset.UnixEpoch + shownAt);

    private async ValueTask<DecodedFrame?> ReadAsync(VideoDecoder decoder, CancellationToken cancellationToken)
    {
        try
        {
            return await decoder.ReadAsync(_options.SilenceLimit, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new SourceException(
                string.Create(CultureInfo.InvariantCulture, $"Camera '{Name}': the decoder of '{_path}' gave nothing for {_options.SilenceLimit.TotalSeconds} s; {e.Message}. Check the disk or network that the file is on."), e);
        }
        finally
        {
            var (busy, complaints) = decoder.TakeWork();
            Interlocked.Add(ref _busyTicks, busy.Ticks);
            Interlocked.Add(ref _complaints, complaints);
        }
    }

    private Frame Encode(VideoDecoder decoder, DecodedFrame frame, long number, DateTimeOffset at)
    {
        var started = Stopwatch.GetTimestamp();
        var picture = Picture.FromPixels(decoder.Pixels, frame.Width, frame.Height, PixelFormat.Rgbx);
        Interlocked.Add(ref _busyTicks, Stopwatch.GetElapsedTime(started).Ticks);
        return new Frame(Name, number, at, picture) { Viewpoint = _viewpoint };
    }

    private SourceItem<Frame> Bad(TimeSpan shownAt, VideoDecoder decoder) => SourceItem<Frame>.Bad(
        string.Create(CultureInfo.InvariantCulture, $"Camera '{Name}': the picture at {shownAt.TotalSeconds:0.###} s of '{_path}' could not be decoded. The decoder said last: {decoder.LastLine}."),
        _options.StartTime + shownAt);

    private string Advice() => _options.Region is { } region
        ? $"Check that the file is whole and that region {region.X},{region.Y},{region.Width},{region.Height} lies on its pictures."
        : "Check that the file is whole.";

    // The contract asks for the rate without waiting; the probe runs on the pool and is waited for with a deadline.
    private double? ProbeRate()
    {
        using var limit = new CancellationTokenSource(ProbeLimit);
        var probe = Task.Run(() => VideoFile.ProbeAsync(Name, _path, reads: false, limit.Token));
        try
        {
            if (!probe.Wait(ProbeLimit) || probe.Result.Rate is not { } rate)
            {
                return null;
            }

            return Thinning.Of(rate, _options);
        }
        catch (AggregateException)
        {
            // Reading will say what is wrong with the file; here it only means that the rate is not known.
            return null;
        }
    }
}
