using JellyBean.Planning.Costs;
using JellyBean.Planning.Simulation;
using JellyBean.Planning.Tests.Cases;

namespace JellyBean.Planning.Tests.Costs;

public sealed class QueueTailTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(0.95)]
    public void Decay_solves_the_equation_of_a_queue_with_constant_work(double utilisation)
    {
        var x = 1 / QueueTail.DecayAt(utilisation);

        Assert.Equal(x, utilisation * (Math.Exp(x) - 1), 9);

        // Kingman's heavy-traffic decay is never shorter, and the same near full use.
        Assert.True(QueueTail.DecayAt(utilisation) <= 1 / (2 * (1 - utilisation)));
        Assert.True(utilisation < 0.9 || QueueTail.DecayAt(utilisation) >= 0.95 / (2 * (1 - utilisation)));
    }

    [Fact]
    public void Utilisations_count_in_steps_rounded_up_and_without_bound_near_full_use()
    {
        Assert.Equal(QueueTail.DecayAt(0.5), QueueTail.DecayAt(0.42));
        Assert.Equal(QueueTail.DecayAt(0.8), QueueTail.DecayAt(0.8 * (1 + 1e-9)));
        Assert.Equal(double.PositiveInfinity, QueueTail.DecayAt(0.96));
        Assert.Equal([0.1, 0.2, 0.3, 0.4], QueueTail.StepsTo(0.35));
        Assert.Equal(QueueTail.Most, QueueTail.StepsTo(1).Last());
    }

    [Theory]
    [InlineData(0.3, 1)]
    [InlineData(0.6, 1)]
    [InlineData(0.8, 1)]
    [InlineData(0.6, 4)]
    [InlineData(0.8, 4)]
    public void Simulated_waits_of_one_server_stay_below_the_bound(double load, double burstiness)
    {
        const double Ms = 10;
        var problem = OneStep.Problem(load / Ms * 1000, 1, (1, Ms)) with { Options = new PlanningOptions { UtilisationCap = 1, Burstiness = burstiness } };

        var latency = Simulator.Run(problem, OneStep.Plan(problem), new SimulationOptions { Arrivals = ArrivalProcess.OfBurstiness(burstiness), Elements = 100_000 }).Outputs[0].Latency;

        // A twentieth is what so many elements leave to chance.
        var scale = QueueTail.DecayAt(load) * burstiness * Ms * 1.05;
        Assert.InRange(latency.P99Ms - Ms, 0, Math.Log(1 / 0.01) * scale);
        Assert.InRange(latency.P90Ms - Ms, 0, Math.Log(1 / 0.1) * scale);
    }
}
