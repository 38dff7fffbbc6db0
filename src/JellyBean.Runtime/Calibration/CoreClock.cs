using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace JellyBean.Runtime.Calibration;

/// <summary>Times work on the calling thread, without the time in which the thread was ready but had no core.</summary>
/// <remarks>
/// A service time is how long a core is kept, so a run that other programs interrupted is not longer for it. Linux counts the waiting of each thread
/// (<c>/proc/thread-self/schedstat</c>, second number, nanoseconds); elsewhere nothing is taken off. Belongs to the thread that made it.
/// </remarks>
internal sealed class CoreClock : IDisposable
{
    private const string Counters = "/proc/thread-self/schedstat";

    private readonly SafeFileHandle? _counters;
    private readonly byte[] _text = new byte[128];

    public CoreClock() => _counters = File.Exists(Counters) ? File.OpenHandle(Counters) : null;

    /// <summary>Milliseconds that <paramref name="action"/> kept a core, or waited for anything but a core.</summary>
    public double Time(Action action)
    {
        var waited = WaitedMs();
        var start = Stopwatch.GetTimestamp();
        action();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        // A clock that cannot tell the time of a run from none gives its own resolution.
        return Math.Max(elapsed - (WaitedMs() - waited), 1000.0 / Stopwatch.Frequency);
    }

    public void Dispose() => _counters?.Dispose();

    private double WaitedMs()
    {
        if (_counters is null)
        {
            return 0;
        }

        var length = RandomAccess.Read(_counters, _text, 0);
        var numbers = Encoding.ASCII.GetString(_text, 0, length).Split(' ');
        return numbers.Length > 1 && long.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds) ? nanoseconds / 1e6 : 0;
    }
}
