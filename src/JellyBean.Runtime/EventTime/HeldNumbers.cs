using System.Runtime.InteropServices;

namespace JellyBean.Runtime.EventTime;

/// <summary>The numbers of a source that must not be settled yet, each as often as something holds it.</summary>
internal sealed class HeldNumbers
{
    private readonly SortedSet<long> _numbers = [];
    private readonly Dictionary<long, int> _times = [];

    /// <summary>The least; <see cref="long.MaxValue"/> if there is none.</summary>
    public long First => _numbers.Count > 0 ? _numbers.Min : long.MaxValue;

    public void Add(long number)
    {
        if (++CollectionsMarshal.GetValueRefOrAddDefault(_times, number, out _) == 1)
        {
            _numbers.Add(number);
        }
    }

    /// <summary>Takes away one of what was added.</summary>
    public void Remove(long number)
    {
        if (--CollectionsMarshal.GetValueRefOrNullRef(_times, number) == 0)
        {
            _times.Remove(number);
            _numbers.Remove(number);
        }
    }
}
