namespace JellyBean.Vision.Cameras;

/// <summary>Leaves frames out: keeps one of so many, and no more than a number per second of event time.</summary>
internal sealed class Thinning(CameraOptions options)
{
    private readonly TimeSpan _interval = options.MaxFps is { } fps ? TimeSpan.FromSeconds(1 / fps) : TimeSpan.Zero;

    // Times are rounded to the file's time base; a frame that is early by less than this is due.
    private readonly TimeSpan _slack = options.MaxFps is { } fps ? TimeSpan.FromSeconds(0.01 / fps) : TimeSpan.Zero;
    private TimeSpan? _due;
    private long _seen;

    /// <summary>Frames per second that remain of <paramref name="rate"/>.</summary>
    public static double Of(double rate, CameraOptions options) => Math.Min(rate / options.Every, options.MaxFps ?? double.PositiveInfinity);

    public bool Keeps(TimeSpan time)
    {
        if (_seen++ % options.Every != 0)
        {
            return false;
        }

        if (options.MaxFps is null)
        {
            return true;
        }

        if (time < _due - _slack)
        {
            return false;
        }

        // Counted from when the frame was due, not from when it came: 10 out of 25 per second stays 10 on average.
        var due = _due ?? time;
        _due = time - due > _interval ? time + _interval : due + _interval;
        return true;
    }
}
