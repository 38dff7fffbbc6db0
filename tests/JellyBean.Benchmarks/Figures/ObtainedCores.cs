using System.Diagnostics;

namespace JellyBean.Benchmarks.Figures;

/// <summary>The part of the machine's cores that a program gets when it wants all of them: 1 on a machine that has nothing else to do.</summary>
internal static class ObtainedCores
{
    /// <summary>Below this a figure that needs an unloaded machine tells nothing.</summary>
    public const double Unloaded = 0.93;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    /// <summary>Keeps a thread for each core busy for two seconds and asks the system for how long they ran.</summary>
    public static double Measure()
    {
        var before = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => Spin(start))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        return (Environment.CpuUsage.TotalTime - before) / (Stopwatch.GetElapsedTime(start) * Environment.ProcessorCount);
    }

    private static void Spin(long start)
    {
        while (Stopwatch.GetElapsedTime(start) < Time)
        {
            Thread.SpinWait(1000);
        }
    }
}
