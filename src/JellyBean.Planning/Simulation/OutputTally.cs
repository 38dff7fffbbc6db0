namespace JellyBean.Planning.Simulation;

/// <summary>Results of an output and their latencies, as far as they fall into what is measured.</summary>
internal sealed class OutputTally(double start, double end)
{
    private readonly List<double> _latencies = [];

    /// <summary>Results that came while it was measured.</summary>
    public long InTime { get; private set; }

    public void Add(double admitted, double now)
    {
        InTime += now > start && now <= end ? 1 : 0;
        if (admitted > start && admitted <= end)
        {
            _latencies.Add(1000 * (now - admitted));
        }
    }

    public LatencySummary Summary()
    {
        if (_latencies.Count == 0)
        {
            return new LatencySummary(0, 0, 0, 0, 0, 0);
        }

        _latencies.Sort();
        return new LatencySummary(_latencies.Count, _latencies.Average(), Quantile(0.5), Quantile(0.9), Quantile(0.99), _latencies[^1]);
    }

    /// <summary>The nearest rank: the least value that so many are at most.</summary>
    private double Quantile(double part) => _latencies[Math.Max(0, (int)Math.Ceiling(part * _latencies.Count) - 1)];
}
