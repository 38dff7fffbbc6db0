using System.Collections.Concurrent;
using System.Globalization;
using JellyBean.Runtime.Tests.Links;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>Gives damaged greetings and frames to what a receiver reads with.</summary>
internal static class LinkFuzzFigure
{
    public static Figure Figure { get; } = new(
        "link.fuzz", ["inputs", "crashes"], "no crash and no unbounded memory in a million inputs or more", size => MeasureAsync((long)(size ?? 1e6)));

    private static Task<FigureValue> MeasureAsync(long inputs)
    {
        var faults = new ConcurrentBag<string>();
        var seed = Environment.TickCount;
        var read = 0L;
        var workers = Environment.ProcessorCount;
        Parallel.For(0, workers, worker =>
        {
            var fuzz = new LinkFuzz(seed + worker);
            for (var i = worker; i < inputs; i += workers)
            {
                if (fuzz.Try() is { } fault)
                {
                    faults.Add(fault);
                }
            }

            Interlocked.Add(ref read, fuzz.Read);
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  seeds from {seed}; {read} items were read all the same"));
        foreach (var fault in faults.Take(5))
        {
            Console.WriteLine($"  {fault}");
        }

        return Task.FromResult(new FigureValue([inputs, faults.Count]));
    }
}
