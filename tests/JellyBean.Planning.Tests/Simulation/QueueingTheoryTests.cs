using JellyBean.Planning.Profiles;
using JellyBean.Planning.Simulation;
using JellyBean.Planning.Tests.Cases;

namespace JellyBean.Planning.Tests.Simulation;

/// <summary>The simulator against formulas that hold whatever it does inside. Cases are generated from a fixed seed: a statistical bound is met or not, never now and then.</summary>
public class QueueingTheoryTests
{
    /// <summary>Milliseconds of service, how busy the server is, and a seed.</summary>
    private static IEnumerable<(double Ms, double Load, int Seed)> Queues
    {
        get
        {
            var random = new Random(1);
            return Enumerable.Range(0, 12).Select(i => (0.5 + (500 * random.NextDouble()), 0.05 + (0.8 * random.NextDouble()), random.Next())).ToList();
        }
    }

    [Fact]
    public void Simulator_of_one_server_waits_as_M_D_1() => Assert.All(Queues, q =>
    {
        var result = Run(OneStep.Problem(q.Load / q.Ms * 1000, 1, (1, q.Ms)), q.Seed);

        // Pollaczek–Khinchine for constant service: load × service / 2 (1 − load).
        var expected = q.Ms + (q.Load * q.Ms / (2 * (1 - q.Load)));
        Assert.InRange(Server(result).MeanStayMs, expected * 0.94, expected * 1.06);
        Assert.InRange(result.Outputs[0].Latency.MeanMs, expected * 0.94, expected * 1.06);
    });

    [Fact]
    public void Simulator_keeps_the_utilisation_law() => Assert.All(Queues, q =>
    {
        var result = Run(OneStep.Problem(q.Load / q.Ms * 1000, 1, (1, q.Ms)), q.Seed);

        // Utilisation = throughput × service, both measured: exact but for what is at work at the two ends.
        Assert.Equal(result.Outputs[0].Rate * q.Ms / 1000, result.Workers[0].Utilisation, 3);
        Assert.InRange(result.Workers[0].Utilisation, q.Load * 0.97, q.Load * 1.03);
    });

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(45)]
    public void Simulator_keeps_Littles_law_in_every_station_of_a_spread_plan(double rate)
    {
        var problem = Questions.At(rate);

        var result = Simulator.Run(problem, Questions.Spread(problem));

        Assert.All(result.Stages, s => Assert.InRange(s.MeanInside, (s.Rate * s.MeanStayMs / 1000 * 0.98) - 1e-9, (s.Rate * s.MeanStayMs / 1000 * 1.02) + 1e-9));
    }

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(2, 0.8)]
    [InlineData(4, 0.8)]
    public void Simulator_of_several_servers_waits_as_M_D_c(int servers, double load)
    {
        const double Ms = 20;

        var result = Run(OneStep.Problem(load * servers / Ms * 1000, servers, (1, Ms)), seed: 3, servers);

        Assert.InRange(Server(result).MeanStayMs - Ms, WaitOfMdc(servers, load, Ms) * 0.9, WaitOfMdc(servers, load, Ms) * 1.1);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.7, 1)]
    [InlineData(0.6, 1.5)]
    public void Simulator_of_a_server_with_spread_times_waits_as_M_G_1(double load, double spread)
    {
        const double Ms = 20;
        var constant = OneStep.Problem(load / Ms * 1000, 1, (1, Ms));
        var distribution = new ServiceDistribution { Count = 100, MedianMs = Ms, P90Ms = Ms, P99Ms = Ms, Variance = spread * spread * Ms * Ms };
        var problem = constant with { Profile = constant.Profile with { ServiceTimes = [constant.Profile.ServiceTimes[0] with { Distribution = distribution }] } };

        var result = Run(problem, seed: 5);

        // Pollaczek–Khinchine: load × service (1 + spread²) / 2 (1 − load).
        var expected = load * Ms * (1 + (spread * spread)) / (2 * (1 - load));
        Assert.InRange(Server(result).MeanStayMs - Ms, expected * 0.88, expected * 1.12);
        Assert.InRange(result.Workers[0].Utilisation, load * 0.97, load * 1.03);
    }

    [Fact]
    public void Simulator_of_an_overloaded_server_grows_queues_by_what_it_cannot_take()
    {
        var result = Run(OneStep.Problem(150, 1, (1, 10)), seed: 1);

        Assert.InRange(result.Outputs[0].Rate, 99.9, 100.1);
        Assert.InRange(result.QueueGrowthPerSecond, 48, 52);
        Assert.InRange(result.Workers[0].Utilisation, 0.999, 1.001);
    }

    /// <summary>Mean wait of M/D/c after Cosmetatos (1976): that of M/M/c from Erlang's C, halved and corrected for constant service.</summary>
    private static double WaitOfMdc(int servers, double load, double ms)
    {
        var offered = servers * load;
        var (term, sum) = (1.0, 0.0);
        for (var k = 0; k < servers; k++)
        {
            sum += term;
            term *= offered / (k + 1);
        }

        var waits = term / (1 - load) / (sum + (term / (1 - load)));
        var exponential = waits * ms / (servers * (1 - load));
        return exponential / 2 * (1 + ((1 - load) * (servers - 1) * (Math.Sqrt(4 + (5 * servers)) - 2) / (16 * load * servers)));
    }

    private static SimulationResult Run(PlanningProblem problem, int seed, int parallelism = 1) =>
        Simulator.Run(problem, OneStep.Plan(problem, parallelism: parallelism), new SimulationOptions { Seed = seed, Elements = 100_000 });

    private static SimulatedStage Server(SimulationResult result) => result.Stages.Single(s => s.Operator.Value == "server");
}
