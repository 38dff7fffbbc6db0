using System.Globalization;

namespace JellyBean.Benchmarks.Figures;

/// <summary>What an element allocates beyond its payload, per asynchronous hop and per fused stage.</summary>
internal static class EngineAlloc
{
    private const int Operators = 8;
    private const int Hops = 8;
    private const int ManyOperators = 40;
    private const int Elements = 200_000;
    private const int Rounds = 5;

    public static Figure Figure { get; } = new(
        "engine.alloc", ["bytes/element", "fused-bytes/element"], "at most 256 per asynchronous hop, 0 inside fused stages", _ => MeasureAsync());

    private static async Task<FigureValue> MeasureAsync()
    {
        var hop = new List<double>();
        var fused = new List<double>();
        await HopChain.RunAsync(Operators, Hops, Elements);
        for (var round = 0; round < Rounds; round++)
        {
            var near = await HopChain.RunAsync(Operators, 0, Elements);
            var far = await HopChain.RunAsync(Operators, Hops, Elements);
            var longer = await HopChain.RunAsync(ManyOperators, 0, Elements);
            hop.Add((far.AllocatedBytes - near.AllocatedBytes) / Hops);
            fused.Add((longer.AllocatedBytes - near.AllocatedBytes) / (ManyOperators - Operators));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  round {round + 1}: {near.AllocatedBytes:0} B per element without hops, {far.AllocatedBytes:0} with {Hops}, {longer.AllocatedBytes:0} with {ManyOperators - Operators} more fused stages: {hop[^1]:0.0} B per hop, {fused[^1]:0.00} B per fused stage"));
        }

        hop.Sort();
        fused.Sort();

        // Tenths of a byte per element are the run's own start, shared by all its elements.
        return new FigureValue([Math.Max(0, Math.Round(Pairs.Median(hop))), Math.Max(0, Math.Round(Pairs.Median(fused)))]);
    }
}
