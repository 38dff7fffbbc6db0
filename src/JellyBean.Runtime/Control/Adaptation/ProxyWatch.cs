using System.Globalization;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>Sees whether what a workflow watches of its models drifts, over all workers that run a variant. Remembers what it was when a variant began in the run, wherever that was: another worker goes on with that.</summary>
internal sealed class ProxyWatch
{
    private readonly Dictionary<(OperatorId Operator, string Variant), double> _beginnings = [];
    private readonly HashSet<(OperatorId Operator, string Variant)> _out = [];

    /// <summary>Whether something that runs now has drifted.</summary>
    public bool HasDrifted { get; private set; }

    /// <summary>Looks at what workers report.</summary>
    /// <returns>What is new: that a mean has left what it may be, or is well within it again.</returns>
    public IEnumerable<ProxyDrift> Look(IEnumerable<FragmentReport> reports)
    {
        var drifts = new List<ProxyDrift>();
        var running = new HashSet<(OperatorId Operator, string Variant)>();
        foreach (var group in reports.SelectMany(r => r.Stages).Where(s => s is { Variant: not null, Proxy: not null }).GroupBy(s => (s.Operator, Variant: s.Variant!)).OrderBy(g => g.Key))
        {
            running.Add(group.Key);
            if (Seen(group.Key, [.. group.Select(s => s.Proxy!)]) is not { } drift)
            {
                continue;
            }

            // Well within again is half of what may be: a mean at the bound would be told over and over.
            var isOut = drift.IsOut || (_out.Contains(group.Key) && drift.Distance > drift.Most / 2);
            if (isOut ? _out.Add(group.Key) : _out.Remove(group.Key))
            {
                drifts.Add(drift with { IsOut = isOut });
            }
        }

        HasDrifted = running.Overlaps(_out);
        return drifts;
    }

    /// <summary>Another run.</summary>
    public void Clear()
    {
        _beginnings.Clear();
        _out.Clear();
        HasDrifted = false;
    }

    private ProxyDrift? Seen((OperatorId Operator, string Variant) who, List<ProxyReport> proxies)
    {
        var first = proxies[0];
        if (first.Stated is null && !_beginnings.ContainsKey(who) && proxies.Find(p => p.Beginning is not null)?.Beginning is { } began)
        {
            _beginnings[who] = began;
        }

        // Those that make up the beginning are not compared with it.
        var told = proxies.Where(p => p.Count >= (p.Stated is null ? 2 : 1) * ProxyReport.Window).ToList();
        return told.Count == 0 || (first.Stated ?? (_beginnings.TryGetValue(who, out var known) ? known : null)) is not { } reference
            ? null
            : new ProxyDrift(who.Operator, who.Variant, first.Name, told.Average(p => p.Mean), told.Average(p => p.Spread), reference, first.MostDrift, first.Stated is not null);
    }
}

/// <summary>What became of a mean.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variant">The variant that answers.</param>
/// <param name="Name">What is watched.</param>
/// <param name="Mean">What it is.</param>
/// <param name="Spread">Its standard deviation.</param>
/// <param name="Reference">What it is compared with.</param>
/// <param name="Most">How far it may be from that.</param>
/// <param name="IsStated">Whether the workflow says the reference; else it is what the variant began with.</param>
internal sealed record ProxyDrift(OperatorId Operator, string Variant, string Name, double Mean, double Spread, double Reference, double Most, bool IsStated)
{
    /// <summary>Whether it has left what it may be; false where it is well within again.</summary>
    public bool IsOut { get; init; } = Math.Abs(Mean - Reference) > Most;

    public double Distance => Math.Abs(Mean - Reference);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} of {Operator}={Variant} is {Mean:0.###} ± {Spread:0.###}, {(IsOut ? "more than" : "again within")} {Most:0.###} from {(IsStated ? "what it should be" : "what it began with")}, {Reference:0.###}.");
}
