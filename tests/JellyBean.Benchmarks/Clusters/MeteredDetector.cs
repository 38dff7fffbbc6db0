using System.Diagnostics;
using System.Reflection;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace JellyBean.Benchmarks.Clusters;

/// <summary>The cluster's failure detector, which besides keeps the highest suspicion that it came to. Akka makes it by name.</summary>
internal sealed class MeteredDetector : PhiAccrualFailureDetector
{
    // The value that decides is not public.
    private static readonly PropertyInfo Phi =
        typeof(PhiAccrualFailureDetector).GetProperty("CurrentPhi", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
        ?? throw new MissingMemberException(nameof(PhiAccrualFailureDetector), "CurrentPhi");

    private static readonly Lock Gate = new();
    private static double _worst;
    private static TimeSpan _longest;
    private static long _beats;
    private long _lastBeat;

    public MeteredDetector(Config config, EventStream events)
        : base(config, events)
    {
    }

    /// <summary>The highest suspicion since the last call, the longest time between two heartbeats, and how many came.</summary>
    public static (double Phi, TimeSpan Longest, long Beats) Take()
    {
        lock (Gate)
        {
            var taken = (_worst, _longest, _beats);
            (_worst, _longest, _beats) = (0, TimeSpan.Zero, 0);
            return taken;
        }
    }

    public override void HeartBeat()
    {
        // Suspicion grows until the heartbeat comes: just before it counts, it is highest.
        if (IsMonitoring)
        {
            var phi = (double)Phi.GetValue(this)!;
            lock (Gate)
            {
                _worst = Math.Max(_worst, phi);
                _longest = TimeSpan.FromTicks(Math.Max(_longest.Ticks, Stopwatch.GetElapsedTime(_lastBeat).Ticks));
                _beats++;
            }
        }

        _lastBeat = Stopwatch.GetTimestamp();
        base.HeartBeat();
    }
}
