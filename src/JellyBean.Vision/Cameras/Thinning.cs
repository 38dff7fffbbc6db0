namespace JellyBean.Vision.Cameras;

/// <summary>Leaves frames out so that no more than a number per second of event time remain.</summary>
internal sealed class Thinning(double? maxFps)
{
    private readonly TimeSpan _interval = maxFps is { } fps ? TimeSpan.FromSeconds(1 / fps) : TimeSpan.Zero;

    // Times are rounded to the file's time base; a frame that is early by less than this is due.
    private readonly TimeSpan _slack = maxFps is { } fps ? TimeSpan.FromSeconds(0.01 / fps) : TimeSpan.Zero;
    private TimeSpan? _due;

    public bool Keeps(TimeSpan time)
    {
        if (maxFps is null)
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
