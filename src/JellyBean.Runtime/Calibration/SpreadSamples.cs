namespace JellyBean.Runtime.Calibration;

/// <summary>Keeps a number of elements of a sequence whose length is not known, evenly spread over it.</summary>
/// <param name="most">How many.</param>
/// <param name="stride">The least distance between two of them.</param>
internal sealed class SpreadSamples(int most, int stride)
{
    private readonly List<Sample?> _kept = [];
    private int _stride = stride;
    private int _seen;

    /// <summary>Whether there are as many as are wanted, however they are spread.</summary>
    public bool IsFull => _kept.Count(k => k is not null) >= most;

    /// <summary>Takes the next element.</summary>
    /// <param name="next">Gives it; null where it cannot be used.</param>
    public void Offer(Func<Sample?> next)
    {
        if (_seen++ % _stride != 0)
        {
            return;
        }

        _kept.Add(next());
        if (_kept.Count >= 2 * most)
        {
            // Every other place from now on: those kept remain evenly spread.
            _stride *= 2;
            for (var i = 0; i < most; i++)
            {
                _kept[i] = _kept[2 * i];
            }

            _kept.RemoveRange(most, _kept.Count - most);
        }
    }

    /// <summary>Those that are kept, in order.</summary>
    public List<Sample> Take()
    {
        var good = _kept.OfType<Sample>().ToList();
        return good.Count <= most ? good : [.. Enumerable.Range(0, most).Select(i => good[(int)((long)i * good.Count / most)])];
    }
}
