namespace JellyBean.Vision.Cameras;

/// <summary>Tells when a live camera's frames were taken: its own presentation times, laid on this machine's clock. Times come out rising, whatever goes in. Pure: the times of arrival are handed in.</summary>
/// <remarks>
/// A frame cannot have been taken after it came, so the frame that was least under way ties the camera's clock to ours: the tie moves back at once where a frame seems to come from the future, and
/// forward slowly, by at most <see cref="MostSlew"/> in <see cref="Window"/>, which follows a clock that runs wrong by up to 300 parts in a million. A delay that all frames have in common cannot be seen,
/// unless the camera tells of one frame when it was taken: from then on, the one that is least under way is taken to be as late as it was at first.
/// </remarks>
/// <param name="offset">Added to every time.</param>
internal sealed class CaptureClock(TimeSpan offset)
{
    // More than this between two frames' own times and their arrivals is no jitter: the camera has set its clock, or its times have wrapped.
    private static readonly TimeSpan Jump = TimeSpan.FromSeconds(5);

    // Pictures that a decoder gives in a wrong order are nearer to each other.
    private static readonly TimeSpan MostDisorder = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostSlew = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    // What is told to be older, or of the future, is told by a clock that is wrong.
    private static readonly TimeSpan MostTold = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _anchor;
    private (TimeSpan Shown, DateTimeOffset Arrived)? _last;
    private DateTimeOffset _given = DateTimeOffset.MinValue;
    private TimeSpan _interval = TimeSpan.FromMilliseconds(40);
    private TimeSpan _leastLag = TimeSpan.MaxValue;
    private DateTimeOffset _windowEnds = DateTimeOffset.MaxValue;
    private TimeSpan? _usualLag = TimeSpan.Zero;

    /// <summary>Times that were missing, ran backwards or jumped.</summary>
    public long Repaired { get; private set; }

    /// <summary>Whether the camera has told when its frames were taken; otherwise that is reckoned from when they came.</summary>
    public bool IsTold { get; private set; }

    /// <summary>The camera was connected anew: its times may begin anywhere.</summary>
    public void Restart() => (_anchor, _last, IsTold, _usualLag) = (null, null, false, TimeSpan.Zero);

    /// <summary>The camera tells when a frame was taken. It is not believed where that cannot be.</summary>
    /// <param name="shownAt">The frame's presentation time.</param>
    /// <param name="takenAt">By the clock of the day.</param>
    /// <param name="arrivedAt">When it came.</param>
    public void Tell(TimeSpan shownAt, DateTimeOffset takenAt, DateTimeOffset arrivedAt)
    {
        if (takenAt > arrivedAt || arrivedAt - takenAt > MostTold)
        {
            return;
        }

        (IsTold, _usualLag, _anchor) = (true, null, takenAt - shownAt);
        (_leastLag, _windowEnds) = (TimeSpan.MaxValue, arrivedAt + Window);
    }

    /// <param name="shownAt">The frame's presentation time; null where it has none.</param>
    /// <param name="arrivedAt">When it came.</param>
    public DateTimeOffset TimeOf(TimeSpan? shownAt, DateTimeOffset arrivedAt)
    {
        var isRepaired = shownAt is null;
        var shown = shownAt ?? (_last is { } before ? before.Shown + _interval : TimeSpan.Zero);
        if (_last is { } last)
        {
            var step = shown - last.Shown;
            if (step < -MostDisorder || ((step - (arrivedAt - last.Arrived)).Duration() > Jump && (step < TimeSpan.Zero || step > Jump)))
            {
                isRepaired = true;
                Tie(shown, arrivedAt);
            }
            else if (step <= TimeSpan.Zero)
            {
                isRepaired = true;
                shown = last.Shown + Least;
            }
            else
            {
                _interval += (step - _interval) / 8;
            }
        }

        _last = (shown, arrivedAt);
        if (_anchor is null)
        {
            Tie(shown, arrivedAt);
        }

        isRepaired |= !Follow(shown, arrivedAt);
        Repaired += isRepaired ? 1 : 0;
        var taken = _anchor!.Value + shown;
        return _given = taken + offset > _given ? taken + offset : _given + Least;
    }

    private void Tie(TimeSpan shown, DateTimeOffset arrivedAt)
    {
        IsTold &= _usualLag is not null;
        _usualLag ??= TimeSpan.Zero;
        _anchor = arrivedAt - _usualLag - shown;
        (_leastLag, _windowEnds) = (TimeSpan.MaxValue, arrivedAt + Window);
    }

    /// <returns>Whether the camera's clock can be followed; where it cannot, it is tied anew.</returns>
    private bool Follow(TimeSpan shown, DateTimeOffset arrivedAt)
    {
        var lag = arrivedAt - (_anchor!.Value + shown);
        if (lag < TimeSpan.Zero)
        {
            _anchor += lag;
            (_leastLag, _windowEnds) = (TimeSpan.Zero, arrivedAt + Window);
            return true;
        }

        _leastLag = lag < _leastLag ? lag : _leastLag;
        if (arrivedAt < _windowEnds)
        {
            return true;
        }

        // Not one frame came in time: its times do not pass as ours do.
        var late = _leastLag - (_usualLag ??= _leastLag);
        var isLost = late > Jump;
        if (isLost)
        {
            Tie(shown, arrivedAt);
        }
        else
        {
            _anchor += late > MostSlew ? MostSlew : late < -MostSlew ? -MostSlew : late;
            (_leastLag, _windowEnds) = (TimeSpan.MaxValue, arrivedAt + Window);
        }

        return !isLost;
    }
}
