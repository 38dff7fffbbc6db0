using System.Globalization;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>What links cost beside a blocking socket that does nothing else, and beside StreamRefs. Two processes on loopback, elements of 100 KB.</summary>
internal static class LinkFigures
{
    private const int Bytes = 100_000;
    private const int Pairs = 5;
    private const double LeastControl = 0.5;

    public static Figure Throughput { get; } = new(
        "link.throughput", ["fraction-of-plain-socket", "elements/s"], "at least 0.5 of a plain blocking socket, with TLS at least 0.5 of plain TLS", size => ThroughputAsync((int)(size ?? 20_000)));

    public static Figure Latency { get; } = new(
        "link.latency", ["p99-ratio-to-plain-socket", "p50-ms", "p99-ms"], "p99 at most 10 times the plain socket's, paced at 100/s", size => LatencyAsync((int)(size ?? 1000)));

    public static Figure StreamRef { get; } = new(
        "link.streamref", ["ratio"], "at least 10 times StreamRefs with MessagePack", size => StreamRefAsync((int)(size ?? 80_000)));

    public static Figure Alloc { get; } = new(
        "link.alloc", ["bytes/element"], "at most 256 above what the value itself takes in memory, both processes together", size => AllocAsync((int)(size ?? 20_000)));

    private static async Task<FigureValue> ThroughputAsync(int elements)
    {
        var rates = new List<double>();
        var plain = await CompareAsync("plaintext", new LinkLoad(LinkWay.Link, elements, Bytes), LinkWay.Socket, rates);
        var folder = LinkCertificates.Make();
        try
        {
            var secured = await CompareAsync("TLS", new LinkLoad(LinkWay.Link, elements / 2, Bytes, folder), LinkWay.Socket, []);
            Console.WriteLine($"  with TLS, against plain TLS: {secured}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine($"  {plain}");
        rates.Sort();
        return new FigureValue([plain.Median, Figures.Pairs.Median(rates)], IsQuiet(plain, plain.Median >= 0.5));
    }

    private static async Task<FigureValue> LatencyAsync(int elements)
    {
        var pace = TimeSpan.FromMilliseconds(10);
        var ratios = new List<double>();
        var p50 = new List<double>();
        var p99 = new List<double>();
        for (var i = 0; i < Pairs; i++)
        {
            var control = (await LinkRun.RunAsync(new LinkLoad(LinkWay.Socket, elements, Bytes), pace)).Received;
            var link = (await LinkRun.RunAsync(new LinkLoad(LinkWay.Link, elements, Bytes), pace)).Received;
            ratios.Add(link.P99Ms / control.P99Ms);
            p50.Add(link.P50Ms);
            p99.Add(link.P99Ms);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  pair {i + 1}: socket p50 {control.P50Ms:0.000} p99 {control.P99Ms:0.000} ms, link p50 {link.P50Ms:0.000} p99 {link.P99Ms:0.000} ms, ratio of p99 {ratios[^1]:0.00}"));
        }

        ratios.Sort();
        p50.Sort();
        p99.Sort();
        return new FigureValue([Figures.Pairs.Median(ratios), Figures.Pairs.Median(p50), Figures.Pairs.Median(p99)]);
    }

    private static async Task<FigureValue> StreamRefAsync(int elements)
    {
        // The control is slow: so many elements as take it as long as the link takes for its own.
        var ratios = new List<double>();
        var refs = (await LinkRun.RunAsync(new LinkLoad(LinkWay.StreamRef, elements / 10, Bytes))).Received.PerSecond;
        for (var i = 0; i < Pairs; i++)
        {
            var link = (await LinkRun.RunAsync(new LinkLoad(LinkWay.Link, elements, Bytes))).Received.PerSecond;
            var fewer = Math.Max(1000, (int)(elements * refs / link));
            refs = (await LinkRun.RunAsync(new LinkLoad(LinkWay.StreamRef, fewer, Bytes))).Received.PerSecond;
            ratios.Add(link / refs);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  pair {i + 1}: link {link:0} elements/s for {elements / link:0.0} s, StreamRefs {refs:0} for {fewer / refs:0.0} s, ratio {ratios[^1]:0.0}"));
        }

        ratios.Sort();
        return new FigureValue([Figures.Pairs.Median(ratios)]);
    }

    private static async Task<FigureValue> AllocAsync(int elements)
    {
        var above = new List<double>();
        var value = LinkTraffic.ValueBytes(Bytes);
        for (var i = 0; i < Pairs; i++)
        {
            var run = await LinkRun.RunAsync(new LinkLoad(LinkWay.Link, elements, Bytes));
            above.Add(run.SentAllocatedBytes + run.Received.AllocatedBytes - value);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  run {i + 1}: sender {run.SentAllocatedBytes:0} B per element, receiver {run.Received.AllocatedBytes:0} B, above the value's {value:0} {above[^1]:0}"));
        }

        above.Sort();
        return new FigureValue([Math.Round(Figures.Pairs.Median(above))]);
    }

    private static async Task<PairedRatios> CompareAsync(string name, LinkLoad load, LinkWay control, List<double> rates)
    {
        Console.WriteLine($"  {name}:");
        return await Figures.Pairs.MeasureAsync(
            Pairs,
            async () =>
            {
                var rate = await RateAsync(load);
                rates.Add(rate);
                return rate;
            },
            () => RateAsync(load with { Way = control }));
    }

    private static async Task<double> RateAsync(LinkLoad load)
    {
        var run = await LinkRun.RunAsync(load);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"    {load.Way}: {run.Received.PerSecond:0} elements/s; processor time per element {run.SentCpuUs:0.0} µs at the sender, {run.Received.CpuUs:0.0} at the receiver"));
        return run.Received.PerSecond;
    }

    // Where the control cannot repeat itself within the bar, a figure that misses the bar proves nothing.
    private static bool IsQuiet(PairedRatios ratios, bool holds) => holds || (ratios.Control[0] >= LeastControl && ratios.Control[^1] <= 1 / LeastControl);
}
