using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Times work on the calling thread, without the time in which the thread was ready but had no core.</summary>
/// <remarks>
/// A service time is how long a core is kept, so a run that others interrupted is not longer for it; calibrations and meters use the same clock. Linux counts the waiting of each thread
/// (<c>/proc/thread-self/schedstat</c>, second number, nanoseconds); elsewhere nothing is taken off. Looking at it takes about a microsecond.
/// </remarks>
internal static class CoreClock
{
    private const string Counters = "/proc/thread-self/schedstat";
    private static readonly bool IsKnown = File.Exists(Counters);
    private static readonly double TicksPerNanosecond = Stopwatch.Frequency / 1e9;

    // The file is that of the thread that opened it. It is closed by the handle's finalizer, after the thread has ended.
    [ThreadStatic]
    private static SafeFileHandle? _counters;

    // What short work looked at last, and when: it looks anew at most once in this time, unless it turns out to be long.
    private static readonly long FreshFor = Stopwatch.Frequency / 1000;

    // Looking twice takes two microseconds: too much for what is shorter than this.
    private static readonly long WorthALook = Stopwatch.Frequency / 20_000;

    [ThreadStatic]
    private static long _waited;

    [ThreadStatic]
    private static long _lookedAt;

    /// <summary>Marks a beginning, for <see cref="Elapsed"/> on the same thread.</summary>
    public static long Begin()
    {
        var waited = Waited();
        return Stopwatch.GetTimestamp() - waited;
    }

    /// <summary>Ticks of <see cref="Stopwatch"/> that the thread has kept a core, or waited for anything but a core.</summary>
    public static long Elapsed(long began)
    {
        var now = Stopwatch.GetTimestamp();

        // A clock that cannot tell the time of a run from none gives its own resolution.
        return Math.Max(now - Waited() - began, 1);
    }

    /// <summary>Marks the beginning of work that is usually too short to look at the counter twice, for <see cref="ElapsedOfShort"/> on the same thread.</summary>
    public static long BeginShort()
    {
        var now = Stopwatch.GetTimestamp();
        if (now - _lookedAt > FreshFor)
        {
            _waited = Waited();
            _lookedAt = now = Stopwatch.GetTimestamp();
        }

        return now;
    }

    /// <summary>
    /// As <see cref="Elapsed"/>. Only work that took unusually long is looked at: what the thread has waited for a core since it looked last, within a millisecond of the beginning, is taken off.
    /// </summary>
    public static long ElapsedOfShort(long began)
    {
        var elapsed = Stopwatch.GetTimestamp() - began;
        if (elapsed > WorthALook)
        {
            var before = _waited;
            _waited = Waited();
            _lookedAt = Stopwatch.GetTimestamp();
            elapsed -= _waited - before;
        }

        return Math.Max(elapsed, 1);
    }

    /// <summary>Whether work that usually takes so many ticks is worth looking at the counter before and after.</summary>
    public static bool IsWorthLooking(long ticks) => ticks >= WorthALook;

    /// <summary>Milliseconds that <paramref name="action"/> kept a core, or waited for anything but a core.</summary>
    public static double Time(Action action)
    {
        var began = Begin();
        action();
        return Elapsed(began) * 1000.0 / Stopwatch.Frequency;
    }

    private static long Waited()
    {
        if (!IsKnown)
        {
            return 0;
        }

        Span<byte> text = stackalloc byte[96];
        text = text[..RandomAccess.Read(_counters ??= File.OpenHandle(Counters), text, 0)];
        return Utf8Parser.TryParse(text[(text.IndexOf((byte)' ') + 1)..], out long nanoseconds, out _) ? (long)(nanoseconds * TicksPerNanosecond) : 0;
    }
}
