using System.Diagnostics;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Tests.Telemetry;

public class CoreClockTests
{
    [Fact]
    public void Work_takes_time_and_nothing_takes_more_than_none()
    {
        var nothing = CoreClock.Time(() => { });
        var waiting = CoreClock.Time(() => Thread.CurrentThread.Join(20));

        // Waiting for anything but a core is service: a model on another device keeps its caller waiting.
        Assert.True(nothing > 0);
        Assert.True(waiting >= 15, $"{waiting} ms");
    }

    [Fact]
    public void Short_work_that_turns_out_long_is_as_long_as_it_was_without_waiting_for_a_core()
    {
        var began = CoreClock.BeginShort();
        var nothing = CoreClock.ElapsedOfShort(began);
        began = CoreClock.BeginShort();
        Thread.CurrentThread.Join(20);
        var waiting = CoreClock.ElapsedOfShort(began) * 1000.0 / Stopwatch.Frequency;

        Assert.True(nothing > 0);
        Assert.True(waiting >= 15, $"{waiting} ms");
    }

    [Fact]
    public void Short_work_whose_thread_was_kept_from_a_core_is_not_longer_for_it()
    {
        if (!File.Exists("/proc/thread-self/schedstat"))
        {
            return;
        }

        // More threads than cores, all busy: each is ready without a core for about half the time.
        var (elapsed, useful) = (0L, 0L);
        var threads = Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            for (var round = 0; round < 20; round++)
            {
                var (wall, began) = (Stopwatch.GetTimestamp(), CoreClock.BeginShort());
                SpinFor(Stopwatch.Frequency / 100);
                Interlocked.Add(ref useful, CoreClock.ElapsedOfShort(began));
                Interlocked.Add(ref elapsed, Stopwatch.GetTimestamp() - wall);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());

        Assert.True(useful < 0.8 * elapsed, $"{useful} of {elapsed}");

        static void SpinFor(long ticks)
        {
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - began < ticks;)
            {
                Thread.SpinWait(100);
            }
        }
    }
}
