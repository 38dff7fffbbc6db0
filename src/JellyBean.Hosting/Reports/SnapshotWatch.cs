using System.Globalization;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Reports;

/// <summary>Notices that counts go on from a snapshot: whoever watches would wonder where they come from, or why they are less than they were.</summary>
/// <param name="elements">What elements are called.</param>
/// <param name="begins">The snapshot that the run begins from; null where it begins anew.</param>
internal sealed class SnapshotWatch(string elements, DateTimeOffset? begins)
{
    private readonly Dictionary<SourceId, (long Epoch, long Offered)> _known = [];

    /// <param name="epoch">The plan in force.</param>
    /// <param name="sources">How far they are; those of some nodes may come later than others.</param>
    /// <returns>A sentence, once for each snapshot; null where counts just go on.</returns>
    public string? Look(long epoch, IReadOnlyCollection<SourceProgress> sources)
    {
        var isFirst = _known.Count == 0;
        var (before, again) = (0L, 0L);
        foreach (var source in sources.Select(s => s.Detail).OfType<SourceReport>())
        {
            // What a live source gave does not come again; what was lost of it is told as such.
            var (heardIn, offered) = _known.GetValueOrDefault(source.Source, (epoch, source.Earlier));
            again += heardIn == epoch || source.IsLive ? 0 : Math.Max(0, offered - source.Earlier);
            before += source.Earlier;
            _known[source.Source] = (epoch, source.Offered);
        }

        return (isFirst, begins) switch
        {
            (true, { } at) when before > 0 => Text($"Goes on from the snapshot of {at.LocalDateTime:HH:mm:ss}: {before} {elements} had been read by then, and count."),
            _ when again > 0 => Text($"Goes on from the last snapshot: {again} {elements} that had been read are read again, and count once."),
            _ => null,
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
