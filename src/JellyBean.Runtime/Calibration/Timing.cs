using System.Diagnostics;

namespace JellyBean.Runtime.Calibration;

/// <summary>Measures how long something takes.</summary>
internal static class Timing
{
    /// <summary>Milliseconds of one call.</summary>
    public static double Of(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The middle value; 0 of nothing. Other programs make some runs slower, never faster, so the middle is steadier than the mean.</summary>
    public static double Median(List<double> values)
    {
        if (values.Count == 0)
        {
            return 0;
        }

        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>Runs on a thread of its own: models expect that, and pool threads have other work.</summary>
    public static Task<T> OnOwnThreadAsync<T>(Func<T> action, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(action, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
