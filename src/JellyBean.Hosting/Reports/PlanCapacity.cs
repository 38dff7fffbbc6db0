using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Reports;

/// <summary>How much more than it was made for a plan can take.</summary>
internal static class PlanCapacity
{
    /// <summary>Elements of sources per second at which the first bottleneck is busy all the time: a worker, a shared host, or a step that runs on so many cores at most.</summary>
    public static double Of(Plan plan, PlanningProblem problem)
    {
        var planned = plan.Sources.Sum(s => s.Rate);
        var busiest = plan.Workers.Select(w => w.Utilisation).Concat(Hosts(plan, problem)).Concat(Steps(plan, problem)).DefaultIfEmpty(0).Max();
        return busiest > 0 ? planned / busiest : planned;
    }

    /// <summary>Elements per second that an operator takes on a worker.</summary>
    public static double RateOf(Plan plan, OperatorId op, Planning.Infrastructure.WorkerId worker) =>
        plan.Sources.Where(s => s.Input == op && s.Worker == worker).Sum(s => s.Rate) + plan.Routes.Where(r => r.To == op && r.ToWorker == worker).Sum(r => r.Rate);

    private static IEnumerable<double> Hosts(Plan plan, PlanningProblem problem) =>
        from host in problem.Catalogue.Hosts
        let busy = from worker in problem.Catalogue.Workers
                   where worker.Host == host.Id
                   let type = problem.Catalogue.TypeOf(worker.Id)

                   // Added delay keeps no core busy.
                   select plan.Workers.Where(w => w.Worker == worker.Id).Sum(w => w.Utilisation) * type.Cores * (type.IsEmulated ? type.SpeedFactor : 1)
        select busy.Sum() / host.Cores;

    private static IEnumerable<double> Steps(Plan plan, PlanningProblem problem)
    {
        var services = new ServiceTable(problem, WorkflowRates.Of(problem));
        foreach (var placement in plan.Placements)
        {
            foreach (var instance in placement.Instances)
            {
                var ms = services.RunMs(problem.Workflow[placement.Operator], new Way(placement.Variant, placement.BatchSize), problem.Catalogue.TypeOf(instance.Worker)) ?? 0;
                yield return RateOf(plan, placement.Operator, instance.Worker) * ms / 1000 / placement.BatchSize / instance.Parallelism;
            }
        }
    }
}
