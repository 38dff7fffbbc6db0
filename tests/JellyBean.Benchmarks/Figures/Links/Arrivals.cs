using System.Diagnostics;
using System.Globalization;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>Looks at each element that arrives; prints what it measured when all have come. Both processes share one machine, and so one clock.</summary>
internal sealed class Arrivals(int expected)
{
    private readonly List<double> _latencies = new(expected);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next;
    private long _wrong;
    private long _began;
    private long _allocated;
    private double _perSecond;
    private TimeSpan _cpu;

    public Task Done => _done.Task;

    private int Warm => expected / 10;

    /// <summary>An element has come.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="sentAt">Time stamp of its sending.</param>
    /// <param name="content">All bytes are the number's last.</param>
    public void Add(long number, long sentAt, ReadOnlySpan<byte> content)
    {
        var now = Stopwatch.GetTimestamp();
        _latencies.Add(Stopwatch.GetElapsedTime(sentAt, now).TotalMilliseconds);
        if (number != _next || content[0] != (byte)number || content[^1] != (byte)number || content[content.Length / 2] != (byte)number)
        {
            _wrong++;
        }

        _next = number + 1;
        if (_latencies.Count == Warm)
        {
            (_began, _allocated, _cpu) = (now, GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime);
        }
        else if (_latencies.Count == expected)
        {
            _perSecond = (expected - Warm) / Stopwatch.GetElapsedTime(_began, now).TotalSeconds;
            _cpu = Environment.CpuUsage.TotalTime - _cpu;
            _allocated = GC.GetTotalAllocatedBytes(precise: true) - _allocated;
            _done.TrySetResult();
        }
    }

    public void Print()
    {
        var sorted = _latencies.Skip(Warm).Order().ToList();
        var wrong = _wrong + Math.Abs(expected - _next);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_perSecond} {(double)_allocated / (expected - Warm)} {_cpu.TotalMicroseconds / (expected - Warm)} {sorted[sorted.Count / 2]} {sorted[(int)(sorted.Count * 0.99)]} {wrong}"));
    }
}
