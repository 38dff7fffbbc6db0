using JellyBean.Planning.Simulation;
using JellyBean.Planning.Tests.Cases;

namespace JellyBean.Planning.Tests.Simulation;

public class ArrivalProcessTests
{
    private static readonly ArrivalProcess Bursts = ArrivalProcess.Bursty(peak: 3, part: 0.2, TimeSpan.FromSeconds(1));

    private static readonly ArrivalProcess[] All = [ArrivalProcess.Poisson, ArrivalProcess.Even, Bursts, ArrivalProcess.Recorded([1, 0, 2, 5, 0.5])];

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(7, 2)]
    [InlineData(900, 3)]
    public void Arrivals_of_every_kind_keep_the_rate_and_their_order(double rate, int seed) => Assert.All(All, process =>
    {
        const int Count = 50_000;
        var times = process.Times(rate, new Random(seed)).Take(Count).ToList();

        Assert.Equal(times.Order(), times);

        // Bursts of a second are few where elements are many: what their number leaves to chance.
        var loose = process == Bursts ? 5 * Math.Sqrt(rate / Count) : 0;
        Assert.InRange(Count / times[^1] / rate, 1 / (1.02 + loose), 1.02 + loose);
    });

    [Fact]
    public void Latency_rises_with_how_uneven_arrivals_are()
    {
        var problem = OneStep.Problem(60, 1, (1, 10));

        var (even, poisson, bursty) = (P99(ArrivalProcess.Even), P99(ArrivalProcess.Poisson), P99(Bursts));

        Assert.Equal(10, even, 6);
        Assert.True(even < poisson && poisson < bursty, $"{even} < {poisson} < {bursty}");

        double P99(ArrivalProcess process) => Simulator.Run(problem, OneStep.Plan(problem), new SimulationOptions { Arrivals = process }).Outputs[0].Latency.P99Ms;
    }

    [Theory]
    [InlineData(0.3, 5)]
    [InlineData(1, 5)]
    [InlineData(2, 40)]
    [InlineData(6, 0.3)]
    public void Counts_are_as_uneven_as_the_burstiness_says(double burstiness, double rate)
    {
        const int Windows = 4_000;
        var length = 200 * burstiness / rate;
        var counts = new int[Windows];
        foreach (var at in ArrivalProcess.OfBurstiness(burstiness).Times(rate, new Random(4)).TakeWhile(t => t < Windows * length))
        {
            counts[(int)(at / length)]++;
        }

        var mean = counts.Average();
        Assert.Equal(1, mean / (rate * length), 0.02);
        Assert.InRange(counts.Average(c => Math.Pow(c - mean, 2)) / mean, burstiness * 0.9, burstiness * 1.1);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Burstiness_outside_its_range_is_refused(double burstiness) => Assert.Throws<ArgumentOutOfRangeException>(() => ArrivalProcess.OfBurstiness(burstiness));

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(3, 0.5)]
    [InlineData(2, 0)]
    [InlineData(double.NaN, 0.5)]
    public void Bursts_that_cannot_keep_the_mean_are_refused(double peak, double part) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrivalProcess.Bursty(peak, part, TimeSpan.FromSeconds(1)));

    [Theory]
    [InlineData]
    [InlineData(0.0)]
    [InlineData(1.0, -1.0)]
    [InlineData(double.NaN)]
    public void Recordings_without_time_are_refused(params double[] gaps) => Assert.Throws<ArgumentException>(() => ArrivalProcess.Recorded([.. gaps]));
}
