using System.Globalization;

namespace JellyBean.Benchmarks.Figures;

/// <summary>What a hop from one worker to another of the same process costs an element: latency, and processor time.</summary>
internal static class EngineHop
{
    private const int Operators = 8;
    private const int Hops = 8;
    private const int Rounds = 7;
    private const int Paced = 1000;
    private const int Unpaced = 100_000;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    public static Figure Figure { get; } = new("engine.hop", ["µs-p50", "cpu-µs"], "at most 50 µs p50 and 30 µs of processor time per element and hop", _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        var latencies = new List<double>();
        var cpus = new List<double>();
        await HopChain.RunAsync(Operators, Hops, Unpaced);
        for (var round = 0; round < Rounds; round++)
        {
            var near = await HopChain.RunAsync(Operators, 0, Paced, Pace);
            var far = await HopChain.RunAsync(Operators, Hops, Paced, Pace);
            latencies.Add((far.LatencyUs - near.LatencyUs) / Hops);
            var nearBusy = await HopChain.RunAsync(Operators, 0, Unpaced);
            var farBusy = await HopChain.RunAsync(Operators, Hops, Unpaced);

            // A paced element wakes every thread on its way, an unpaced one hardly any: the dearer counts.
            var (paced, unpaced) = ((far.CpuUs - near.CpuUs) / Hops, (farBusy.CpuUs - nearBusy.CpuUs) / Hops);
            cpus.Add(Math.Max(paced, unpaced));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  round {round + 1}: paced p50 {near.LatencyUs:0} µs without, {far.LatencyUs:0} µs with {Hops} hops: {latencies[^1]:0.0} µs per hop; CPU per hop {paced:0.00} µs paced, {unpaced:0.00} µs unpaced"));
        }

        latencies.Sort();
        cpus.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  p50 from {latencies[0]:0.0} to {latencies[^1]:0.0} µs, CPU from {cpus[0]:0.00} to {cpus[^1]:0.00} µs."));
        return new FigureValue([Pairs.Median(latencies), Pairs.Median(cpus)]);
    }
}
