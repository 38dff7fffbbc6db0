using System.Collections.Immutable;

namespace JellyBean.Runtime.Calibration;

/// <summary>Keeps the passages of a sequence that happened when those of another one did: what a join pairs must be there at the same time.</summary>
/// <param name="times">When the first measured element of each of the other's passages happened, in order.</param>
/// <param name="shape">Of the passages.</param>
internal sealed class AlignedSamples(ImmutableArray<long> times, SampleShape shape)
{
    private readonly Queue<Sample> _before = new();
    private readonly List<List<Sample>> _kept = [];
    private int _next;
    private int _missing;

    /// <summary>Whether nothing that comes later can be of use.</summary>
    public bool IsDone => _next == times.Length && _missing == 0;

    /// <summary>Whether most passages of the other sequence have one here.</summary>
    public bool HasMost => 2 * Whole.Count() >= times.Length;

    private IEnumerable<List<Sample>> Whole => _missing == 0 ? _kept : _kept.SkipLast(1);

    /// <summary>Takes the next element.</summary>
    public void Offer(Sample sample)
    {
        if (_missing == 0 && _next < times.Length && sample.EventTicks >= times[_next])
        {
            _kept.Add([.. _before.Select(s => s with { IsLeadIn = true })]);
            _missing = shape.Measured;
            while (_next < times.Length && sample.EventTicks >= times[_next])
            {
                _next++;
            }
        }

        if (_missing > 0)
        {
            _kept[^1].Add(sample);
            _missing--;
        }

        _before.Enqueue(sample);
        if (_before.Count > shape.LeadIn)
        {
            _before.Dequeue();
        }
    }

    /// <summary>Those that are kept, in order.</summary>
    public List<Sample> Take() => [.. Whole.SelectMany((passage, number) => passage.Select(s => s with { Passage = number }))];
}
