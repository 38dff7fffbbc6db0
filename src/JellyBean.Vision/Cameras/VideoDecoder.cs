using System.Globalization;
using System.Threading.Channels;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>ffmpeg decoding one file to raw pixels on a pipe; times come on its standard error, one line before each frame.</summary>
internal sealed class VideoDecoder : IAsyncDisposable
{
    private readonly CameraOptions _options;
    private readonly string _path;
    private readonly FfmpegProcess _process;
    private readonly Channel<DecodedFrame> _announced = Channel.CreateUnbounded<DecodedFrame>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _silence;
    private double _timeBase;
    private long _complaints;
    private (TimeSpan Busy, long Complaints) _taken;
    private byte[] _pixels = [];

    public VideoDecoder(CameraOptions options, string path, CancellationToken cancellationToken)
    {
        _options = options;
        _path = path;
        _silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            _process = FfmpegProcess.Start("ffmpeg", Arguments(options, path), OnLine, () => _announced.Writer.TryComplete());
        }
        catch (FileNotFoundException e)
        {
            _silence.Dispose();
            throw new SourceException($"Camera '{options.Name}': {e.Message}", e);
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

    public string LastLine => _process.LastLine;

    public string LastLines => _process.LastLines;

    /// <summary>Pixels of the frame read last: red, green, blue, unused.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <returns>Null at the end of the file.</returns>
    /// <exception cref="SourceException">The decoder is silent for too long.</exception>
    public async ValueTask<DecodedFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        _silence.CancelAfter(_options.SilenceLimit);
        try
        {
            if (!await _announced.Reader.WaitToReadAsync(_silence.Token) || !_announced.Reader.TryRead(out var frame))
            {
                return null;
            }

            if (frame.Width > Picture.MaxSide || frame.Height > Picture.MaxSide)
            {
                throw new SourceException($"Camera '{_options.Name}': the pictures of '{_path}' are {frame.Width}×{frame.Height}; allowed: sides up to {Picture.MaxSide}. Give a region, or a smaller file.");
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
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException($"Camera '{_options.Name}': the decoder of '{_path}' gave nothing for {_options.SilenceLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s; {_process.LastLines}. Check the disk or network that the file is on.");
        }
        finally
        {
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _silence.Dispose();
    }

    private static string[] Arguments(CameraOptions options, string path)
    {
        var crop = options.Region is { } region ? Crop(region) : "";

        // copyts keeps the file's own times, passthrough neither doubles nor drops frames, one thread leaves the cores to the models.
        return
        [
            "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-threads", "1", "-copyts", .. FfmpegProcess.ReadByIndex, "-i", "file:" + path,
            "-map", "0:v:0", "-an", "-sn", "-dn", "-vf", crop + "showinfo=checksum=0", "-fps_mode", "passthrough",
            "-pix_fmt", "rgba", "-f", "rawvideo", "pipe:1",
        ];
    }

    private static string Crop(Region region)
    {
        var (x, y, width, height) = region;

        // Odd edges cannot be cut out of pictures whose colour is at half resolution, so those are converted first.
        var convert = ((x | y | width | height) & 1) == 0 ? "" : "format=rgba,";

        // The filter would silently move a region that reaches over the edge; a size of -1 is an error.
        return string.Create(CultureInfo.InvariantCulture,
            $"{convert}crop=w='if(lte({x + width},iw),{width},-1)':h='if(lte({y + height},ih),{height},-1)':x={x}:y={y}:exact=1,");
    }

    private void OnLine(string line)
    {
        if (DecodedFrame.IsFrom(line))
        {
            _timeBase = DecodedFrame.TimeBase(line) ?? _timeBase;
            if (DecodedFrame.Parse(line, _timeBase) is { } frame)
            {
                _announced.Writer.TryWrite(frame);
            }

            return;
        }

        if (IsComplaint(line))
        {
            Interlocked.Increment(ref _complaints);
            _process.Keep(line);
        }
    }

    private static bool IsComplaint(string line) =>
        line.Contains("error", StringComparison.OrdinalIgnoreCase)
        || line.Contains("invalid", StringComparison.OrdinalIgnoreCase)
        || line.Contains("corrupt", StringComparison.OrdinalIgnoreCase)
        || line.Contains("failed", StringComparison.OrdinalIgnoreCase)
        || line.Contains("missing", StringComparison.OrdinalIgnoreCase);
}
