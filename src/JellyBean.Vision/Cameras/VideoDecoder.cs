using System.Threading.Channels;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>ffmpeg decoding to raw pixels on a pipe; times come on its standard error, one line before each frame. Disposing ends it.</summary>
internal sealed class VideoDecoder : IAsyncDisposable
{
    // What ffmpeg says where something is wrong, with the data or with the way to it.
    private static readonly string[] Complaints =
        ["error", "invalid", "corrupt", "failed", "missing", "refused", "unauthorized", "forbidden", "timed out", "unreachable", "not found", "no such", "no route", "broken pipe", "reset by peer"];

    private readonly string _camera;
    private readonly Func<string, string> _redact;
    private readonly Action<string>? _onRecordingFailed;
    private readonly FfmpegProcess _process;
    private readonly Channel<DecodedFrame> _announced = Channel.CreateUnbounded<DecodedFrame>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _silence;
    private double _timeBase;
    private long _complaints;
    private (TimeSpan Busy, long Complaints) _taken;
    private byte[] _pixels = [];

    /// <param name="camera">For messages.</param>
    /// <param name="arguments">ffmpeg's.</param>
    /// <param name="redact">Takes credentials out of what ffmpeg says.</param>
    /// <param name="cancellationToken">Ends a reading.</param>
    /// <param name="onRecordingFailed">Told why what comes cannot be recorded, by a thread of its own.</param>
    /// <exception cref="SourceException">ffmpeg is not installed.</exception>
    public VideoDecoder(string camera, IEnumerable<string> arguments, Func<string, string> redact, CancellationToken cancellationToken, Action<string>? onRecordingFailed = null)
    {
        _onRecordingFailed = onRecordingFailed;
        _camera = camera;
        _redact = redact;
        _silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            _process = FfmpegProcess.Start("ffmpeg", arguments, OnLine, () => _announced.Writer.TryComplete());
        }
        catch (FileNotFoundException e)
        {
            _silence.Dispose();
            throw new SourceException($"Camera '{camera}': {e.Message}", e);
        }
    }

    /// <summary>Processor time that ffmpeg took, and lines in which it reported damage, since the last call. Frames it could repair still come.</summary>
    public (TimeSpan Busy, long Complaints) TakeWork()
    {
        var (busy, complaints) = (_process.ProcessorTime, Interlocked.Read(ref _complaints));
        var since = (busy - _taken.Busy, complaints - _taken.Complaints);
        _taken = (busy, complaints);
        return since;
    }

    /// <summary>The first of the segments that the video comes in; null where it does not come in segments.</summary>
    public Uri? FirstSegment { get; private set; }

    public string LastLine => _process.LastLine;

    public string LastLines => _process.LastLines;

    /// <summary>Pixels of the frame read last: red, green, blue, unused.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <param name="patience">How long to wait for the next frame.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null at the end.</returns>
    /// <exception cref="TimeoutException">No frame came in time.</exception>
    /// <exception cref="SourceException">The frame is too large.</exception>
    public async ValueTask<DecodedFrame?> ReadAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        _silence.CancelAfter(patience);
        try
        {
            if (!await _announced.Reader.WaitToReadAsync(_silence.Token) || !_announced.Reader.TryRead(out var frame))
            {
                return null;
            }

            if (frame.Width is < 1 or > Picture.MaxSide || frame.Height is < 1 or > Picture.MaxSide)
            {
                throw new SourceException($"Camera '{_camera}': its pictures are {frame.Width}×{frame.Height}; allowed: sides up to {Picture.MaxSide}. Give a region, or smaller video.");
            }

            var length = frame.Width * frame.Height * 4;
            if (_pixels.Length != length)
            {
                _pixels = new byte[length];
            }

            // A frame that was announced but not written whole is none.
            var read = await _process.Output.ReadAtLeastAsync(_pixels, length, throwOnEndOfStream: false, _silence.Token);
            return read == length ? frame : null;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(_process.LastLines, e);
        }
        finally
        {
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits until ffmpeg, whose frames have come to their end, has said its last.</summary>
    public Task<int> WaitAsync(CancellationToken cancellationToken) => _process.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _silence.Dispose();
    }

    /// <returns>What is to be told where it ends; null for nothing.</returns>
    private string? OnLine(string line)
    {
        if (DecodedFrame.IsFrom(line))
        {
            _timeBase = DecodedFrame.TimeBase(line) ?? _timeBase;
            if (DecodedFrame.Parse(line, _timeBase) is { } frame)
            {
                _announced.Writer.TryWrite(frame);
            }
        }
        else if (line.StartsWith("[fifo", StringComparison.Ordinal) || line.StartsWith("[segment", StringComparison.Ordinal))
        {
            // Not about the camera.
            const string Failed = "failed: ";
            if (line.IndexOf(Failed, StringComparison.Ordinal) is >= 0 and var at)
            {
                _onRecordingFailed?.Invoke(line[(at + Failed.Length)..]);
            }
        }
        else if (FirstSegment is null && line.StartsWith("[hls", StringComparison.Ordinal) && OpenedBy(line) is { } segment)
        {
            FirstSegment = segment;
        }
        else if (Complaints.Any(c => line.Contains(c, StringComparison.OrdinalIgnoreCase)))
        {
            Interlocked.Increment(ref _complaints);
            return _redact(line);
        }

        return null;
    }

    // Of several playlists it opens those, too.
    private static Uri? OpenedBy(string line) =>
        line.Split('\'') is [_, var opened, ..] && Uri.TryCreate(opened, UriKind.Absolute, out var uri) && !uri.AbsolutePath.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase) ? uri : null;
}
