using System.Globalization;
using JellyBean.Runtime;
using JellyBean.Runtime.Tests.Links;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>Pushes elements through a link whose connection is cut again and again, in the middle of frames, and looks at each that arrives.</summary>
internal static class LinkCut
{
    private const int Bytes = 100_000;
    private const int Cuts = 50;

    public static Figure Figure { get; } = new(
        "link.cut", ["wrong", "cuts", "bytes"], "0 wrong (lost, doubled, out of order or changed) of 2 GB cut at 50 random instants", size => MeasureAsync((long)(size ?? 2e9)));

    private static async Task<FigureValue> MeasureAsync(long bytes)
    {
        var load = new LinkLoad(LinkWay.Link, (int)(bytes / Bytes), Bytes);
        using var peer = await LinkPeer.StartAsync(load);
        var arriving = peer.OutcomeAsync();
        var random = new Random(Environment.TickCount);
        var instants = Enumerable.Range(0, Cuts).Select(_ => random.NextInt64(bytes)).Order();
        await using var proxy = new CuttingProxy(peer.Address) { CutsAt = new Queue<long>(instants) };
        var (_, report) = await LinkTraffic.SendAsync(proxy.Address, load);
        var outcome = await arriving;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {report.Elements} elements, {report.Reconnects} reconnects, {report.Resent} frames sent again, {report.WireBytes / 1e6:0} MB on the wire, {outcome.PerSecond:0} elements/s"));
        return new FigureValue([outcome.Wrong, proxy.Cuts, report.Bytes], IsConclusive: proxy.Cuts == Cuts);
    }
}
