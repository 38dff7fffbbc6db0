using JellyBean.Planning.Plans;

namespace JellyBean.Planning.Simulation;

/// <summary>Runs a plan in simulated time: what comes of queues and bursts, which a plan's own figures only allow for.</summary>
/// <remarks>
/// A discrete-event simulation of what the plan says: sources, queues, adaptive batches, instances side by side that take turns on a worker's cores, shared hosts, links that send one message
/// after the other, parts that are put together again, joins, and event time that has to pass what comes to joins and windows. Service times are the profile's, with its means and variances, interpolated for batches that are not full. Not simulated: failures, overload policies,
/// how sources' order is restored behind parallel workers, and how long windows last. Pure: the same problem, plan and options give the same result.
/// </remarks>
public static class Simulator
{
    private const int LeastElements = 100;

    /// <summary>Simulates a plan.</summary>
    /// <param name="problem">A valid problem.</param>
    /// <param name="plan">A plan for it that passes the plan check, but for what it promises.</param>
    /// <param name="options">What arrives, and how long.</param>
    /// <exception cref="ArgumentOutOfRangeException">Too few elements to say anything.</exception>
    public static SimulationResult Run(PlanningProblem problem, Plan plan, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(plan);
        options ??= new SimulationOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Elements, LeastElements, nameof(options));
        return new PlanSimulation(problem, plan, options).Run();
    }
}
