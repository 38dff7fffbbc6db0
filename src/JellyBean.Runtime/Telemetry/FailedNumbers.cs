using System.Collections.Immutable;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Numbers of one source that failed, each counted once; remembers the highest as a bounded number of ranges.</summary>
/// <remarks>
/// A number below those remembered counts as new. Elements fail while they are under way, and fewer are under way in a fragment than ranges are
/// remembered, so that nothing comes twice from so far back.
/// </remarks>
internal sealed class FailedNumbers(int mostRanges)
{
    // Ascending; between two of them at least one number has not failed.
    private readonly List<NumberRange> _ranges = [];

    public long Count { get; private set; }

    public void Add(long number)
    {
        var at = FirstThatReaches(number - 1);
        var next = at < _ranges.Count ? _ranges[at] : new NumberRange(long.MaxValue, long.MaxValue);
        if (next.First <= number && number <= next.Last)
        {
            return;
        }

        Count++;
        if (next.Last == number - 1)
        {
            Extend(at, number);
        }
        else if (next.First == number + 1)
        {
            _ranges[at] = next with { First = number };
        }
        else
        {
            _ranges.Insert(at, new NumberRange(number, number));
            if (_ranges.Count > mostRanges)
            {
                _ranges.RemoveAt(0);
            }
        }
    }

    /// <summary>Takes over what was counted elsewhere.</summary>
    public void Restore(FailedElements failed)
    {
        Count += failed.Unlisted;
        foreach (var range in failed.Latest)
        {
            for (var number = range.First; number <= range.Last; number++)
            {
                Add(number);
            }
        }
    }

    /// <summary>The highest ranges, at most <paramref name="most"/>, ascending.</summary>
    public ImmutableArray<NumberRange> Latest(int most) => [.. _ranges.TakeLast(most)];

    private void Extend(int at, long number)
    {
        var isBridge = at + 1 < _ranges.Count && _ranges[at + 1].First == number + 1;
        _ranges[at] = new NumberRange(_ranges[at].First, isBridge ? _ranges[at + 1].Last : number);
        if (isBridge)
        {
            _ranges.RemoveAt(at + 1);
        }
    }

    private int FirstThatReaches(long number)
    {
        var (from, to) = (0, _ranges.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = _ranges[middle].Last < number ? (middle + 1, to) : (from, middle);
        }

        return from;
    }
}
