using System.Diagnostics;
using JellyBean.Vision;
using JellyBean.Vision.Cameras;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>Reads a camera in the background and tells when frames come.</summary>
internal sealed class FrameWatch : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private long _frames;

    public FrameWatch(Camera camera) => _reading = Task.Run(() => ReadAsync(camera));

    /// <returns>Seconds until the next frame comes.</returns>
    public async Task<double> NextAsync()
    {
        var (started, before) = (Stopwatch.GetTimestamp(), Volatile.Read(ref _frames));
        await UntilAsync(() => Volatile.Read(ref _frames) > before);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public static Task UntilAsync(Func<bool> condition) => VideoFigures.UntilAsync(condition, Deadline);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _end.Dispose();
    }

    private async Task ReadAsync(Camera camera)
    {
        try
        {
            await foreach (var _ in camera.ReadAsync(0, _end.Token))
            {
                Interlocked.Increment(ref _frames);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }
    }
}
