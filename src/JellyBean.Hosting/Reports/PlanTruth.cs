using System.Collections.Immutable;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Simulation;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Hosting.Reports;

/// <summary>Holds a run against its plan.</summary>
/// <remarks>
/// A paced run is predicted at the planned rate. An unpaced one goes as fast as its first bottleneck, so throughput is predicted from what keeps the plan's machines busy, and utilisations are
/// those of the planned rate scaled to it. Its queues are full by design: its latency says how long they are, not how long an element needs, so only a paced run's is compared.
/// </remarks>
internal static class PlanTruth
{
    /// <summary>
    /// What keeps a core of this machine for less than this part of the time is not compared: its share of an error is a matter of a clock's ticks. The delay that makes an emulated machine slower keeps
    /// no core, and multiplies that share.
    /// </summary>
    public const double LeastUtilisation = 0.02;

    /// <summary>An unpaced run has as much to do as takes the plan's first bottleneck this long at the least: a shorter one shows how long beginning and ending take, not what the plan can do.</summary>
    public static readonly TimeSpan LeastWork = TimeSpan.FromSeconds(1);

    /// <summary>Whether a run had too little to do for its throughput and utilisations to be compared.</summary>
    public static bool IsTooShort(RunSummary summary) => !summary.IsPaced && summary.Report.Sources.Sum(s => s.Processed) < summary.PredictedRate * LeastWork.TotalSeconds;

    public static ImmutableArray<Prediction> Of(RunSummary summary, PlanningProblem problem)
    {
        if (summary.Report.Elapsed <= TimeSpan.Zero)
        {
            return [];
        }

        problem = WithMeasuredNeighbours(summary, problem.Under(summary.Plan));
        var evaluation = new PlanEvaluation(problem, summary.Plan);
        return
        [
            .. IsTooShort(summary) ? [] : Pace(summary, evaluation),
            .. Messages(summary, evaluation),
            .. summary.IsPaced ? Latencies(summary, problem) : [],
        ];
    }

    private static IEnumerable<Prediction> Pace(RunSummary summary, PlanEvaluation evaluation) =>
    [
        new Prediction("throughput/s", "", summary.IsPaced ? summary.PlannedRate : summary.PredictedRate, summary.MeasuredRate),
        .. Workers(summary, evaluation),
        .. Stages(summary, evaluation),
    ];

    private static double Scale(RunSummary summary) => summary.IsPaced || summary.PlannedRate <= 0 ? 1 : summary.PredictedRate / summary.PlannedRate;

    /// <summary>Runs take as much longer as the machine's cores are busy under the plan, rather than as the planner has to allow for; the second look counts what is longer itself.</summary>
    private static PlanningProblem WithMeasuredNeighbours(RunSummary summary, PlanningProblem problem)
    {
        for (var look = 0; look < 2 && !problem.Profile.CoRunningTimes.IsEmpty; look++)
        {
            problem = problem with { Options = problem.Options with { NeighbourLoad = Busy(summary, problem) } };
        }

        return problem;
    }

    /// <summary>Part of the cores that are busy under the plan, at the pace of the run: of the busiest host, or where there is none of the busiest machine.</summary>
    private static double Busy(RunSummary summary, PlanningProblem problem)
    {
        var alone = problem.Options.NeighbourLoad is null ? problem with { Options = problem.Options with { NeighbourLoad = 0 } } : problem;
        var evaluation = new PlanEvaluation(alone, summary.Plan);
        var hosts = problem.Catalogue.Hosts.Select(h => problem.Catalogue.Workers.Where(w => w.Host == h.Id && evaluation.UsedWorkers.Contains(w.Id)).Sum(w => evaluation.HostCores(w.Id)) / h.Cores);
        var machines = problem.Catalogue.Workers.Where(w => w.Host is null && evaluation.UsedWorkers.Contains(w.Id)).Select(w => evaluation.Cores(w.Id) / problem.Catalogue.TypeOf(w.Id).Cores);
        return Math.Min(1, hosts.Concat(machines).DefaultIfEmpty(0).Max() * Scale(summary));
    }

    private static double SpeedOf(RunSummary summary, FragmentReport fragment) =>
        summary.Catalogue.TypeOf(fragment.Worker) is { IsEmulated: true } type ? type.SpeedFactor : 1;

    private static IEnumerable<Prediction> Workers(RunSummary summary, PlanEvaluation evaluation) =>
        from fragment in summary.Report.Fragments
        where evaluation.UsedWorkers.Contains(fragment.Worker)
        let planned = evaluation.Cores(fragment.Worker) / summary.Catalogue.TypeOf(fragment.Worker).Cores
        where planned * SpeedOf(summary, fragment) >= LeastUtilisation
        select new Prediction("utilisation", fragment.Worker.Value, planned * Scale(summary), SummaryText.Utilisation(summary, fragment));

    private static IEnumerable<Prediction> Stages(RunSummary summary, PlanEvaluation evaluation) =>
        from fragment in summary.Report.Fragments
        from stage in fragment.Stages
        let placement = summary.Plan.Placements.FirstOrDefault(p => p.Operator == stage.Operator)
        let instance = placement?.Instances.FirstOrDefault(i => i.Worker == fragment.Worker)
        where instance is not null
        let predicted = evaluation.Cores(placement, instance) / SummaryText.Instances(summary, fragment, stage)
        where predicted * SpeedOf(summary, fragment) >= LeastUtilisation
        select new Prediction("utilisation", $"{stage.Operator} on {fragment.Worker}", predicted * Scale(summary), SummaryText.Utilisation(summary, fragment, stage));

    // A join of a flow with itself has a link for each of its inputs, and the same goes over both.
    private static IEnumerable<Prediction> Messages(RunSummary summary, PlanEvaluation evaluation) =>
        from fragment in summary.Report.Fragments
        from links in fragment.Links.GroupBy(l => (l.From, l.To, l.ToWorker))
        let elements = links.Sum(l => l.Elements)
        where elements > 0
        let route = links.Key
        let flow = evaluation.Rates.Flows.FirstOrDefault(f => f.From == route.From && f.To == route.To && f.Rate > 0)
        where flow is not null
        let variant = summary.Plan.Placements.FirstOrDefault(p => p.Operator == route.From)?.Variant
        select new Prediction("message-bytes", $"{route.From} to {route.To}, {fragment.Worker} to {route.ToWorker}", flow.BytesPerMessage(variant), (double)links.Sum(l => l.Bytes) / elements);

    /// <summary>Queues and batches in simulated time, with the profile's service times and elements that come evenly, as the paced sources give them.</summary>
    private static IEnumerable<Prediction> Latencies(RunSummary summary, PlanningProblem problem)
    {
        var simulated = Simulator.Run(InOneProcess(problem), summary.Plan, new SimulationOptions { Arrivals = ArrivalProcess.Even });
        foreach (var output in summary.Report.Outputs.Where(o => o.LatencyMs.Count > 0))
        {
            var predicted = simulated.Outputs.First(o => o.Output == output.Output).Latency;
            yield return new Prediction("simulated-p50-ms", output.Output.Value, predicted.P50Ms, output.LatencyMs.P50);
            yield return new Prediction("simulated-p99-ms", output.Output.Value, predicted.P99Ms, output.LatencyMs.P99);
        }
    }

    /// <summary>
    /// A run of one program is no cluster: latency counts from when a source has read an element, an emulated machine slows down models only, and no link is longer than the process. What the plan says of all that is true of the
    /// machines that it is for.
    /// </summary>
    private static PlanningProblem InOneProcess(PlanningProblem problem)
    {
        var inputs = problem.Workflow.Operators.OfType<InputOperator>().Select(o => o.Id).ToHashSet();
        var times = problem.Profile.ServiceTimes.RemoveAll(t => inputs.Contains(t.Operator));
        var unslowed = from type in problem.Catalogue.WorkerTypes
                       where type.IsEmulated
                       from time in times
                       where time is { Variant: null, WorkerType: null } && !times.Any(t => t.Operator == time.Operator && t.WorkerType == type.Id)
                       select time with { WorkerType = type.Id };
        return problem with
        {
            Profile = problem.Profile with { ServiceTimes = [.. times, .. unslowed] },
            Catalogue = problem.Catalogue with { Links = [.. problem.Catalogue.Links.Select(l => l with { BytesPerSecond = double.MaxValue, RoundTrip = TimeSpan.Zero })] },
        };
    }
}
