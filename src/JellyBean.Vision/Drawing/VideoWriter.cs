using System.Globalization;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Drawing;

/// <summary>Writes frames to a video file through ffmpeg: H.264 where its encoder is installed, else MPEG-4. Not thread-safe.</summary>
public sealed class VideoWriter : IAsyncDisposable
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(10);

    private readonly FfmpegProcess _process;
    private readonly string _path;
    private readonly int _width;
    private readonly int _height;

    private VideoWriter(FfmpegProcess process, string path, int width, int height)
    {
        _process = process;
        _path = path;
        _width = width;
        _height = height;
    }

    /// <summary>Begins a file; one that is there is replaced.</summary>
    /// <param name="path">Its extension chooses the container, as in <c>.mp4</c>.</param>
    /// <param name="width">Pixels of every frame.</param>
    /// <param name="height">Pixels of every frame.</param>
    /// <param name="framesPerSecond">Above 0.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">ffmpeg is not installed or does not start; the message says what to do.</exception>
    public static async Task<VideoWriter> StartAsync(string path, int width, int height, double framesPerSecond, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        string[] encoder = await HasEncoderAsync("libx264", cancellationToken)
            ? ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23"]
            : ["-c:v", "mpeg4", "-q:v", "4"];
        var process = FfmpegProcess.Start(
            "ffmpeg",
            [
                "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba",
                "-s", string.Create(CultureInfo.InvariantCulture, $"{width}x{height}"),
                "-r", framesPerSecond.ToString(CultureInfo.InvariantCulture), "-i", "pipe:0",

                // Colour at half resolution needs even sides.
                "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", .. encoder, "-pix_fmt", "yuv420p", "file:" + path,
            ],
            writes: true);
        return new VideoWriter(process, path, width, height);
    }

    /// <summary>Writes the next frame.</summary>
    /// <exception cref="ArgumentException">The frame has another size.</exception>
    /// <exception cref="IOException">ffmpeg ended; the message says why.</exception>
    public Task WriteAsync(Frame frame, CancellationToken cancellationToken)
    {
        CheckSize(frame);
        return WriteAsync(frame.Picture.Shared, cancellationToken);
    }

    /// <inheritdoc cref="WriteAsync(Frame, CancellationToken)" />
    /// <param name="frame">The frame.</param>
    /// <param name="marks">Drawn on a copy. Unlike with <see cref="Annotating.Annotate"/> the copy is not encoded as a picture in between, which takes longer than drawing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WriteAsync(Frame frame, IEnumerable<Mark> marks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(marks);
        CheckSize(frame);
        var canvas = new Canvas(frame.Pixels, frame.Width, frame.Height);
        foreach (var mark in marks)
        {
            canvas.Draw(mark);
        }

        return WriteAsync(canvas.Shared, cancellationToken);
    }
    /// <summary>Finishes the file. Without it, the file is left unfinished.</summary>
    /// <exception cref="IOException">ffmpeg could not finish it; the message says why.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _process.Input.DisposeAsync();
        var exit = await _process.WaitAsync(cancellationToken);
        if (exit != 0)
        {
            throw new IOException($"Writing '{_path}' failed: {_process.LastLines}.");
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task WriteAsync(ReadOnlyMemory<byte> pixels, CancellationToken cancellationToken)
    {
        try
        {
            await _process.Input.WriteAsync(pixels, cancellationToken);
        }
        catch (IOException e)
        {
            throw new IOException($"Writing '{_path}' failed: {_process.LastLines}.", e);
        }
    }

    private void CheckSize(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Width != _width || frame.Height != _height)
        {
            throw new ArgumentException($"The video is {_width}×{_height}, frame {frame} is {frame.Width}×{frame.Height}.", nameof(frame));
        }
    }

    private static async Task<bool> HasEncoderAsync(string encoder, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AskLimit);
        await using var process = FfmpegProcess.Start("ffmpeg", ["-hide_banner", "-v", "error", "-encoders"]);
        using var reader = new StreamReader(process.Output);
        return (await reader.ReadToEndAsync(limit.Token)).Contains($" {encoder} ", StringComparison.Ordinal);
    }
}
