namespace JellyBean.Runtime.Calibration;

/// <summary>Keeps passages of consecutive elements of a sequence whose length is not known, evenly spread over it.</summary>
/// <param name="shape">How many passages, and of what.</param>
internal sealed class SpreadSamples(SampleShape shape)
{
    private readonly List<List<Sample>> _kept = [];
    private int _stride = shape.Stride;
    private int _seen;

    /// <summary>Whether there are as many as are wanted, however they are spread.</summary>
    public bool IsFull => _kept.Count(IsWhole) >= shape.Passages;

    /// <summary>Takes the next element.</summary>
    /// <param name="next">Gives it; null where it cannot be used.</param>
    public void Offer(Func<Sample?> next)
    {
        var place = _seen++ % _stride;
        if (place >= shape.Length)
        {
            return;
        }

        if (place == 0)
        {
            _kept.Add([]);
        }

        if (next() is { } sample)
        {
            _kept[^1].Add(sample with { IsLeadIn = place < shape.LeadIn });
        }

        if (place == shape.Length - 1 && _kept.Count >= 2 * shape.Passages)
        {
            // Every other place from now on: those kept remain evenly spread.
            _stride *= 2;
            for (var i = 0; i < shape.Passages; i++)
            {
                _kept[i] = _kept[2 * i];
            }

            _kept.RemoveRange(shape.Passages, _kept.Count - shape.Passages);
        }
    }

    /// <summary>Those that are kept, in order. Passages that are not whole, as the last of a sequence is, count only where there is no other.</summary>
    public List<Sample> Take()
    {
        var passages = _kept.FindAll(IsWhole) is { Count: > 0 } whole ? whole : _kept.FindAll(p => p.Count > 0).ConvertAll(Shortened);
        var chosen = passages.Count <= shape.Passages ? passages : [.. Enumerable.Range(0, shape.Passages).Select(i => passages[(int)((long)i * passages.Count / shape.Passages)])];
        return [.. chosen.SelectMany((passage, number) => passage.Select(s => s with { Passage = number }))];
    }

    private bool IsWhole(List<Sample> passage) => passage.Count(s => !s.IsLeadIn) == shape.Measured;

    // What there is too little of is measured as far as it goes, rather than used up for the lead-in.
    private List<Sample> Shortened(List<Sample> passage) => [.. passage.Select((s, i) => s with { IsLeadIn = i < passage.Count - shape.Measured })];
}

/// <summary>What of a source is measured.</summary>
/// <param name="Passages">Most passages of consecutive elements.</param>
/// <param name="LeadIn">Elements of each passage that come before those that are measured.</param>
/// <param name="Measured">Elements of each passage that are measured.</param>
/// <param name="Apart">The least distance between the beginnings of two passages; at least their length.</param>
internal sealed record SampleShape(int Passages, int LeadIn, int Measured, int Apart)
{
    /// <summary>Elements of a passage.</summary>
    public int Length => LeadIn + Measured;

    /// <summary>The least distance between the beginnings of two passages.</summary>
    public int Stride => Math.Max(Apart, Length);
}
