using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Simulation;

/// <summary>How long an operator's runs take on a worker: the profile's means, spread about them as they were measured.</summary>
/// <remarks>
/// A batch that is not full takes a time on the straight line between the profiled sizes, and never less than the smallest. Where a variance was measured, times are log-normal with that mean
/// and variance; else they are constant.
/// </remarks>
internal sealed class RunTimes
{
    private readonly double[] _seconds;
    private readonly double _sigma;
    private readonly Random _random;

    public RunTimes(PlanningProblem problem, ServiceTable services, Operator op, Placement placement, WorkerType type, Random random)
    {
        _random = random;
        _seconds = Means(services, op, placement, type);

        // ln(1 + (deviation / mean)²): the variance of a log-normal's logarithm.
        var row = RowOf(problem.Profile, op, placement, type);
        _sigma = row is { Distribution: { } measured, ServiceMs: > 0 } ? Math.Sqrt(Math.Log(1 + (measured.Variance / (row.ServiceMs * row.ServiceMs)))) : 0;
    }

    /// <summary>Whether runs take no time at all.</summary>
    public bool AreZero => _seconds[^1] == 0;

    /// <summary>Seconds of a run on a whole core.</summary>
    public double Draw(int batch) => _sigma > 0 ? _seconds[batch - 1] * Math.Exp((_sigma * Normal()) - (_sigma * _sigma / 2)) : _seconds[batch - 1];

    private static ServiceTime? RowOf(Profile profile, Operator op, Placement placement, WorkerType type)
    {
        var rows = profile.ServiceTimes.Where(t => t.Operator == op.Id && t.Variant == placement.Variant && t.BatchSize == placement.BatchSize).ToList();
        return rows.Find(t => t.WorkerType == type.Id) ?? rows.Find(t => t.WorkerType is null);
    }

    private static double[] Means(ServiceTable services, Operator op, Placement placement, WorkerType type)
    {
        var known = services.WaysOf(op).Where(w => w.Variant == placement.Variant && w.BatchSize <= placement.BatchSize)
            .Select(w => (Size: w.BatchSize, Ms: services.RunMs(op, w, type))).Where(w => w.Ms is not null).Select(w => (w.Size, Ms: w.Ms!.Value)).ToList();
        return [.. Enumerable.Range(1, placement.BatchSize).Select(size =>
        {
            var above = known.First(k => k.Size >= size);
            var below = known.LastOrDefault(k => k.Size <= size, above);
            var part = above.Size == below.Size ? 0 : (size - below.Size) / (double)(above.Size - below.Size);
            return (below.Ms + (part * (above.Ms - below.Ms))) / 1000;
        })];
    }

    /// <summary>Box and Muller.</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
