using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Keeps mean and spread of what a workflow watches, of the variant that answers. The instances of an operator write, reports read.</summary>
/// <remarks>An exponentially weighted mean and variance (West, Updating mean and variance estimates, 1979), exact up to the first window.</remarks>
internal sealed class ProxyMeter(Watch watch)
{
    private readonly Lock _gate = new();
    private string? _variant;
    private long _count;
    private long _unknown;
    private double _mean;
    private double _variance;
    private double? _beginning;

    /// <summary>A variant has answered.</summary>
    public void Answered(string variant, object result)
    {
        var value = ValueOf(result);
        lock (_gate)
        {
            if (variant != _variant)
            {
                (_variant, _count, _unknown, _mean, _variance, _beginning) = (variant, 0, 0, 0, 0, null);
            }

            if (!double.IsFinite(value))
            {
                _unknown++;
                return;
            }

            var weight = 1.0 / Math.Min(++_count, ProxyReport.Window);
            var step = weight * (value - _mean);
            _variance = (1 - weight) * (_variance + (step * (value - _mean)));
            _mean += step;
            _beginning = _count == ProxyReport.Window ? _mean : _beginning;
        }
    }

    /// <summary>Null before the first answer.</summary>
    public ProxyReport? Report()
    {
        lock (_gate)
        {
            return _variant is null ? null : new ProxyReport(watch.Name, _count, _unknown, _mean, Math.Sqrt(_variance), _beginning, watch.Reference, watch.MostDrift);
        }
    }

    private double ValueOf(object result)
    {
        try
        {
            return watch.ValueOf(result);
        }
        catch (Exception)
        {
            // It is a number to look at: the element is none the worse for having none, and that it has none is counted.
            return double.NaN;
        }
    }
}
