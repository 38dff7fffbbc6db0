namespace JellyBean.Vision.Cameras;

/// <summary>Compares the pictures that come with those that the file promises. Depends on times only, so every reading tells the same.</summary>
internal sealed class FrameSchedule(VideoFile file)
{
    // Times pass through different time bases on the way, which round to less than this.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(2);

    /// <summary>Later than any picture.</summary>
    public static readonly TimeSpan End = TimeSpan.FromDays(365_000);

    private readonly TimeSpan _frameTime = TimeSpan.FromSeconds(1 / (file.Rate ?? 25));
    private TimeSpan? _first = file.Schedule.IsEmpty ? null : file.Schedule[0];
    private TimeSpan? _last;
    private int _next;

    /// <summary>The time of the next picture since the first one; made up from the rate where the decoder does not know.</summary>
    public TimeSpan TimeOf(TimeSpan? shownAt)
    {
        var known = shownAt ?? (_last + _frameTime) ?? _first ?? TimeSpan.Zero;
        _first ??= known;
        _last = known;
        return known - _first.Value;
    }

    /// <summary>Takes the next promised picture that should have come before <paramref name="time"/>.</summary>
    /// <returns>Its time since the first; null if there is none.</returns>
    public TimeSpan? TakeMissing(TimeSpan time)
    {
        while (_next < file.Schedule.Length)
        {
            var promised = file.Schedule[_next] - file.Schedule[0];
            if (promised >= time - Tolerance)
            {
                if (promised <= time + Tolerance)
                {
                    _next++;
                }

                return null;
            }

            _next++;
            return promised;
        }

        return null;
    }
}
