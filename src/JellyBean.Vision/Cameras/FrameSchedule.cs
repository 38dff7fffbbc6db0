using System.Collections.Immutable;

namespace JellyBean.Vision.Cameras;

/// <summary>Compares the pictures that come with those that the file promises, and says when each is shown. Depends on times only, so every reading tells the same.</summary>
internal sealed class FrameSchedule(VideoFile file)
{
    // Times pass through different time bases on the way, which round to less than this.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(2);

    // Pictures that a decoder gives in a wrong order are nearer to each other.
    private static readonly TimeSpan LeastTurn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly ImmutableArray<PromisedPicture> _promised = file.Schedule;
    private TimeSpan? _stamp;
    private TimeSpan? _time;
    private TimeSpan? _shift;
    private int _next;

    /// <summary>The decoder has given a picture.</summary>
    /// <param name="shownAt">Its presentation time; made up from the rate where the decoder does not know.</param>
    /// <returns>How long after the first one it is shown, and when those should have been that the file promises before it and that did not come.</returns>
    public (TimeSpan Time, ImmutableArray<TimeSpan> Missing) Place(TimeSpan? shownAt)
    {
        var stamp = shownAt ?? (_stamp + file.FrameTime) ?? (_promised.IsEmpty ? TimeSpan.Zero : _promised[0].Stamp);
        var (first, begin) = (_next, TurnTo(stamp) ?? _next);
        _next = begin;
        while (_next < _promised.Length && (_next == begin || !IsTurn(_next)) && _promised[_next].Stamp < stamp - Tolerance)
        {
            _next++;
        }

        var missing = TimesOf(first.._next);
        var isPromised = _next < _promised.Length && (_next == begin || !IsTurn(_next)) && _promised[_next].Stamp <= stamp + Tolerance;
        var time = isPromised ? _promised[_next].Time : stamp + ShiftOf(stamp);
        _next += isPromised ? 1 : 0;
        _stamp = stamp;
        _time = time < _time ? _time.Value + Least : time;
        return (_time.Value, missing);
    }

    /// <summary>The decoder has come to its end.</summary>
    /// <returns>When those should have been shown that the file promises and that did not come.</returns>
    public ImmutableArray<TimeSpan> Rest()
    {
        var first = _next;
        _next = _promised.Length;
        return TimesOf(first.._next);
    }

    /// <returns>Where those begin that a picture is one of, if stamps begin anew with it.</returns>
    private int? TurnTo(TimeSpan stamp)
    {
        if (_stamp is not { } last || !PromisedPicture.IsTurn(last, stamp))
        {
            return null;
        }

        var turn = _next;
        while (turn < _promised.Length && !IsTurn(turn))
        {
            turn++;
        }

        return turn < _promised.Length && (stamp - _promised[turn].Stamp).Duration() < (stamp - last).Duration() ? turn : null;
    }

    private bool IsTurn(int index) => index > 0 && PromisedPicture.IsTurn(_promised[index - 1].Stamp, _promised[index].Stamp);

    /// <returns>What a stamp that is not promised differs by from the time since the first picture.</returns>
    private TimeSpan ShiftOf(TimeSpan stamp)
    {
        if (!_promised.IsEmpty)
        {
            var (known, time) = _promised[Math.Max(_next - 1, 0)];
            return time - known;
        }

        if (_shift is null || (_stamp is { } last && PromisedPicture.IsTurn(last - LeastTurn, stamp)))
        {
            _shift = (_time + file.FrameTime ?? TimeSpan.Zero) - stamp;
        }

        return _shift.Value;
    }

    private ImmutableArray<TimeSpan> TimesOf(Range range) => range.Start.Value == range.End.Value ? [] : [.. _promised[range].Select(p => p.Time)];
}
