using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>Remembers how far a cluster's run was when the plan in force was first heard of whole: counts go on from plan to plan, time does not, so what it did since is what tells how fast it was.</summary>
/// <remarks>When a plan comes, its nodes report one after the other: until all counts are what they were at the least, they say nothing.</remarks>
internal sealed class PlanBegin
{
    private readonly Dictionary<string, long> _most = new(StringComparer.Ordinal);
    private long _epoch;

    /// <summary>How far it was; null while that is not known.</summary>
    public ClusterStatus? Status { get; private set; }

    public void Hear(ClusterStatus status)
    {
        if (status.Epoch != _epoch || status.Elapsed < Status?.Elapsed)
        {
            (_epoch, Status) = (status.Epoch, null);
        }

        var counts = Counts(status).ToDictionary(c => c.Name, c => c.Count, StringComparer.Ordinal);
        Status ??= counts.Count > 0 && _most.All(m => counts.GetValueOrDefault(m.Key, -1) >= m.Value) ? status : null;
        foreach (var (name, count) in counts.Where(c => c.Value > _most.GetValueOrDefault(c.Key)))
        {
            _most[name] = count;
        }
    }

    private static IEnumerable<(string Name, long Count)> Counts(ClusterStatus status) =>
        status.Sources.Select(s => ($"source {s.Source}", s.Processed))
            .Concat(status.Fragments.SelectMany(f => f.Outputs).GroupBy(o => o.Output).Select(g => ($"output {g.Key}", g.Sum(o => o.Results))));
}
