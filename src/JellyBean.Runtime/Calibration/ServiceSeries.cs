using JellyBean.Planning.Profiles;

namespace JellyBean.Runtime.Calibration;

/// <summary>Service times of one way of running, as they are measured; milliseconds.</summary>
internal sealed class ServiceSeries
{
    private readonly List<double> _ms = [];
    private double _sum;
    private double _squares;

    public int Count => _ms.Count;

    public double Mean => Count > 0 ? _sum / Count : 0;

    /// <summary>The standard error of the mean, as a part of it; infinite while one cannot tell.</summary>
    public double RelativeError => Count > 1 ? Math.Sqrt(Variance / (Count - 1)) / Mean : double.PositiveInfinity;

    private double Variance => Math.Max(0, (_squares / Count) - (Mean * Mean));

    public void Add(double ms)
    {
        _ms.Add(ms);
        _sum += ms;
        _squares += ms * ms;
    }

    /// <summary>How the times were distributed; nearest ranks.</summary>
    public ServiceDistribution Distribution()
    {
        var sorted = _ms.Order().ToArray();
        return new ServiceDistribution { Count = Count, MedianMs = At(0.5), P90Ms = At(0.9), P99Ms = At(0.99), Variance = Count > 0 ? Variance : 0 };

        double At(double part) => sorted.Length > 0 ? sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)] : 0;
    }
}
