using System.Diagnostics;
using System.Globalization;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>What this process holds once those that come and go have gone.</summary>
/// <param name="Decoders">Living children.</param>
/// <param name="Handles">Files, pipes and sockets, by kind.</param>
/// <param name="MiB">Memory in use: what the collector keeps alive, and all that is not the collector's. What that holds in reserve differs by tens of MiB from one look to the next.</param>
internal sealed record LeftBehind(int Decoders, IReadOnlyDictionary<string, int> Handles, double MiB)
{
    // What a run of the same length grows by without any camera coming or going.
    private const double Growth = 0.05;
    private static readonly TimeSpan ToGo = TimeSpan.FromSeconds(5);

    // Twice what a part of a plan may take to stop, and a decoder to end.
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(30);

    /// <param name="before">What there was before: what is there beyond that has its time to go.</param>
    public static async Task<LeftBehind> LookAsync(LeftBehind? before = null)
    {
        var began = Stopwatch.GetTimestamp();
        do
        {
            await VideoFigures.WaitAsync(ToGo, () => { });
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
        while (before is not null && Stopwatch.GetElapsedTime(began) < Latest && (ChildProcesses.Decoders() > before.Decoders || ChildProcesses.Handles().Values.Sum() > before.Total));

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  looked at after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        var used = GC.GetTotalMemory(forceFullCollection: true);
        return new(ChildProcesses.Decoders(), ChildProcesses.Handles(), (Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes + used) / (double)(1 << 20));
    }

    /// <summary>Decoders, handles and MiB of memory above what a run grows by, more than there were before; 0 where nothing leaks.</summary>
    public double Beyond(LeftBehind before) =>
        Math.Ceiling(Math.Max(0, Decoders - before.Decoders) + Math.Max(0, Total - before.Total) + Math.Max(0, MiB - (before.MiB * (1 + Growth))));

    public string Since(LeftBehind before) => string.Create(
        CultureInfo.InvariantCulture, $"decoders {before.Decoders} to {Decoders}, handles {before.Total} to {Total}{Kinds(before)}, memory {before.MiB:0} to {MiB:0} MiB");

    private int Total => Handles.Values.Sum();

    private string Kinds(LeftBehind before)
    {
        var changed = Handles.Keys.Union(before.Handles.Keys).Order(StringComparer.Ordinal)
            .Select(kind => (Kind: kind, Was: before.Handles.GetValueOrDefault(kind), Is: Handles.GetValueOrDefault(kind))).Where(k => k.Was != k.Is)
            .Select(k => string.Create(CultureInfo.InvariantCulture, $"{k.Kind} {k.Was} to {k.Is}")).ToList();
        return changed.Count == 0 ? "" : $" ({string.Join(", ", changed)})";
    }
}
