using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Reports;

/// <summary>How many elements a run has processed, and how fast, over its plans.</summary>
/// <remarks>
/// When another plan comes, its nodes report one after the other, and what is processed is known only once those of a source and of its outputs have: until then a source has what it had.
/// After a crash it may also have less, read again from a snapshot.
/// </remarks>
internal sealed class Pace
{
    private readonly Dictionary<SourceId, SourceProgress> _known = [];
    private HashSet<SourceId> _absent = [];
    private long _epoch;
    private TimeSpan _last;
    private (TimeSpan At, long Processed)? _from;

    /// <summary>Takes in what is reported.</summary>
    /// <returns>Totals, and elements per second since the report before; null where that is not known.</returns>
    public (long Processed, long Dropped, long Failed, double? PerSecond) Next(long epoch, TimeSpan elapsed, IReadOnlyCollection<SourceProgress> sources)
    {
        if (_epoch == 0 && epoch == 1 && sources.All(s => s.Detail is null or { Earlier: 0 }))
        {
            _from = (TimeSpan.Zero, 0);
        }
        else if (epoch != _epoch || elapsed < _last)
        {
            // Another plan, and another coordinator, counts time from its own beginning.
            _from = null;
            _absent = [];
        }

        (_epoch, _last) = (epoch, elapsed);
        var isWhole = Take(sources);
        var processed = _known.Values.Sum(s => s.Processed);
        double? perSecond = isWhole && _from is { } from && from.Processed <= processed && from.At < elapsed ? (processed - from.Processed) / (elapsed - from.At).TotalSeconds : null;
        if (isWhole)
        {
            _from = (elapsed, processed);
        }

        return (processed, _known.Values.Sum(s => s.Dropped), _known.Values.Sum(s => s.Failed), perSecond);
    }

    /// <returns>Whether what is known is as reported, of all sources.</returns>
    private bool Take(IReadOnlyCollection<SourceProgress> sources)
    {
        if (sources.Count == 0)
        {
            return false;
        }

        var absent = _known.Keys.Except(sources.Select(s => s.Source)).ToHashSet();
        var gone = absent.Where(_absent.Contains).ToList();
        if (gone.Count > 0 || (_known.Count > 0 && sources.Any(s => !_known.ContainsKey(s.Source))))
        {
            // Removed, or added: what is processed is not of the same sources as before.
            _from = null;
        }

        gone.ForEach(source => _known.Remove(source));
        absent.ExceptWith(gone);
        _absent = absent;
        var isWhole = absent.Count == 0;
        foreach (var source in sources)
        {
            if (source.Processed == 0 && _known.GetValueOrDefault(source.Source) is { Processed: > 0 })
            {
                isWhole = false;
            }
            else
            {
                _known[source.Source] = source;
            }
        }

        return isWhole;
    }
}
