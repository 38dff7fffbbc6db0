using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Simulation;
using JellyBean.Planning.Tests.Cases;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Simulation;

public class SimulatorTests
{
    [Fact]
    public void Simulator_with_the_same_seed_gives_the_same_result()
    {
        var problem = Tracking.Problem;

        var (first, again, other) = (Run(7), Run(7), Run(8));

        Assert.Equal(Text(first), Text(again));
        Assert.NotEqual(Text(first), Text(other));

        SimulationResult Run(int seed) => Simulator.Run(problem, HandPlan.Plan, new SimulationOptions { Seed = seed, Elements = 2_000 });
        static string Text(SimulationResult r) => string.Join("\n", r.Outputs.Select(o => o.ToString()).Concat(r.Stages.Select(s => s.ToString())).Concat(r.Links.Select(l => l.ToString())));
    }

    [Fact]
    public void Simulator_of_a_plan_gives_the_rates_utilisations_and_traffic_that_follow_from_it()
    {
        var result = Simulator.Run(Tracking.Problem, HandPlan.Plan, new SimulationOptions { Arrivals = ArrivalProcess.Even, Elements = 40_000 });

        // The embedder takes three crops per element of the detector's ten per second, the tracker gives 1.5 results each.
        Assert.InRange(Stage(result, "embedder").Rate, 29, 31);
        Assert.InRange(result.Outputs[0].Rate, 14.8, 15.2);
        Assert.All(HandPlan.Plan.Routes.Where(r => r.FromWorker != r.ToWorker).GroupBy(_ => Tier.Edge), g => Assert.InRange(result.Links[0].BytesPerSecond, g.Sum(r => r.BytesPerSecond) * 0.99, g.Sum(r => r.BytesPerSecond) * 1.01));

        // Small batches: the detector is asked as elements come, so it keeps more busy than full batches would.
        Assert.InRange(Stage(result, "tracker").BusyCores, 0.0099, 0.0101);
        Assert.InRange(Stage(result, "detector").MeanBatch, 1, 1.5);
    }

    [Fact]
    public void Simulator_under_overload_fills_batches()
    {
        var problem = OneStep.Problem(500, 1, (1, 10), (8, 40));

        var result = Simulator.Run(problem, OneStep.Plan(problem, batch: 8));

        Assert.Equal(8, Stage(result, "server").MeanBatch, 2);
        Assert.InRange(result.Outputs[0].Rate, 199, 201);
    }

    [Fact]
    public void Simulator_at_light_load_waits_for_no_batch()
    {
        var problem = OneStep.Problem(1, 1, (1, 10), (8, 40));

        var result = Simulator.Run(problem, OneStep.Plan(problem, batch: 8), new SimulationOptions { Arrivals = ArrivalProcess.Even });

        Assert.Equal(10, result.Outputs[0].Latency.MaxMs, 6);
    }

    [Fact]
    public void Simulator_of_a_batch_that_is_not_full_reads_its_time_between_those_profiled()
    {
        var problem = OneStep.Problem(1, 1, (1, 10), (5, 30));
        var threeAtOnce = ArrivalProcess.Recorded([0, 0, 0, 1]);

        var result = Simulator.Run(problem, OneStep.Plan(problem, batch: 5), new SimulationOptions { Arrivals = threeAtOnce });

        // The first runs alone; the other three follow as one batch of 10 + 2/4 × 20 ms.
        Assert.Equal(30, result.Outputs[0].Latency.MaxMs, 6);
        Assert.Equal(10, result.Outputs[0].Latency.P50Ms - 20, 6);
    }

    [Fact]
    public void Simulator_adds_transfer_and_half_a_round_trip_between_tiers()
    {
        var problem = Questions.At(1);

        var result = Simulator.Run(problem, Questions.Spread(problem), new SimulationOptions { Arrivals = ArrivalProcess.Even, Elements = 1_000 });

        // The slower half, behind the other's bytes at most: 1000 B (and 500) at 1 MB/s, 20 ms of way, 20 ms looking, 10 ms answering; 5 ms listening may be before either.
        // And a second until the next request: only then has event time passed this one.
        Assert.InRange(result.Outputs[0].Latency.P50Ms, 1000 + 51, 1000 + 51.5 + 5);
        Assert.InRange(result.Links[0].BytesPerSecond, 1490, 1510);
        Assert.Equal(result.Links[0].BytesPerSecond / 1e6, result.Links[0].Utilisation, 9);
    }

    [Fact]
    public void Simulator_of_a_join_that_is_spread_brings_all_pairs_together()
    {
        var problem = Questions.At(20);

        var result = Simulator.Run(problem, Questions.Spread(problem));

        Assert.InRange(result.Outputs[0].Rate, 19.5, 20.5);
        Assert.Equal(0.6, Share("request", "cloud-1"), 0.02);
        Assert.Equal(0.3, Share("look", "cloud-1"), 0.02);
        Assert.Equal(0.4, Share("answer", "cloud-1"), 0.02);

        double Share(string op, string worker) =>
            result.Stages.Single(s => s.Operator.Value == op && s.Worker.Value == worker).Rate / result.Stages.Where(s => s.Operator.Value == op).Sum(s => s.Rate);
    }

    [Fact]
    public void Simulator_of_elements_without_parts_gives_a_result_for_each_all_the_same()
    {
        var problem = Tracking.Problem with
        {
            Profile = Tracking.Profile with { Outputs = [.. Tracking.Profile.Outputs.Select(o => o.Operator.Value == "embedder/parts" ? o with { ResultsPerElement = 0 } : o)] },
        };

        var result = Simulator.Run(problem, HandPlan.Plan, new SimulationOptions { Elements = 2_000 });

        Assert.Equal(0, Stage(result, "embedder").Rate);
        Assert.InRange(result.Outputs[0].Rate, 13, 17);
    }

    [Fact]
    public void Simulator_of_operators_on_one_worker_lets_them_take_turns()
    {
        var problem = Questions.At(25);
        var together = new SpreadPlan(problem).On("edge", "pictures", "sounds").On("cloud-1", "request", "answers")
            .On("look", "only", 1, ("cloud-1", 1, 1)).On("listen", "only", 1, ("cloud-1", 1, 1)).On("answer", "only", 1, ("cloud-1", 1, 1)).Build();

        var result = Simulator.Run(problem, together);

        // 25 × (20 + 5 + 10) ms on one core.
        Assert.InRange(result.Workers.Single(w => w.Worker.Value == "cloud-1").Utilisation, 0.85, 0.9);
        Assert.True(result.Outputs[0].Latency.P99Ms > Simulator.Run(problem, Questions.Spread(problem)).Outputs[0].Latency.P99Ms);
    }

    [Fact]
    public void Simulator_of_workers_on_one_host_shares_its_cores_and_added_delay_takes_none()
    {
        var alone = Tracking.Problem with { Sources = [Tracking.Source("north", 30)] };
        var shared = On(1, emulated: false);
        var emulated = On(1, emulated: true);

        var (free, tight, delayed) = (P99(alone), P99(shared), P99(emulated));

        Assert.True(free <= delayed && delayed < tight, $"{free} ≤ {delayed} < {tight}");

        double P99(PlanningProblem problem) => Simulator.Run(problem, HandPlan.Plan, new SimulationOptions { Elements = 4_000 }).Outputs[0].Latency.P99Ms;

        PlanningProblem On(double cores, bool emulated) => alone with
        {
            Catalogue = alone.Catalogue with
            {
                Hosts = [new SharedHost { Id = new("laptop"), Cores = cores }],
                Workers = [.. alone.Catalogue.Workers.Select(w => w with { Host = new HostId("laptop") })],
                WorkerTypes = [.. alone.Catalogue.WorkerTypes.Select(t => t with { IsEmulated = emulated && t.SpeedFactor < 1 })],
            },
        };
    }

    [Fact]
    public void Simulator_with_too_few_elements_says_so() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Simulator.Run(Tracking.Problem, HandPlan.Plan, new SimulationOptions { Elements = 10 }));

    private static SimulatedStage Stage(SimulationResult result, string op)
    {
        var stages = result.Stages.Where(s => s.Operator.Value == op).ToList();
        return stages.Count == 1 ? stages[0] : stages[0] with { Rate = stages.Sum(s => s.Rate), BusyCores = stages.Sum(s => s.BusyCores), MeanBatch = stages.Average(s => s.MeanBatch) };
    }
}
