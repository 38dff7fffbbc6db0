using HdrHistogram;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Histograms from 1 to an hour of microseconds, to two digits: recording neither locks nor allocates.</summary>
internal static class Distributions
{
    /// <summary>The largest value that is told apart.</summary>
    public const long Most = 3_600_000_000;

    private const int Digits = 2;

    public static Recorder NewRecorder() => new(1, Most, Digits, (id, low, high, digits) => new LongHistogram(id, low, high, digits));

    public static HistogramBase NewHistogram() => new LongHistogram(1, Most, Digits);

    /// <summary>Adds what was recorded since to <paramref name="total"/> and describes it.</summary>
    /// <param name="recorder">Takes new values meanwhile.</param>
    /// <param name="total">All so far; one caller at a time.</param>
    /// <param name="scale">Recorded values per unit of the answer.</param>
    public static Distribution Read(Recorder recorder, HistogramBase total, double scale)
    {
        lock (total)
        {
            total.Add(recorder.GetIntervalHistogram());
            return total.TotalCount == 0
                ? Distribution.Empty
                : new Distribution(
                    total.TotalCount,
                    total.GetMean() / scale,
                    total.GetValueAtPercentile(50) / scale,
                    total.GetValueAtPercentile(90) / scale,
                    total.GetValueAtPercentile(99) / scale,
                    total.GetMaxValue() / scale);
        }
    }
}
