using System.Globalization;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Plans;

/// <summary>Whether a plan keeps below what machines, links and objectives allow, and says its cost and predictions right.</summary>
internal static class PlanLimitCheck
{
    public static void Check(Plan plan, PlanningProblem problem, PlanEvaluation evaluation, List<PlanViolation> violations)
    {
        void Violated(PlanConstraint constraint, FormattableString message) => violations.Add(new PlanViolation(constraint, message.ToString(CultureInfo.InvariantCulture)));

        CheckCapacity(plan, problem, evaluation, violations);
        CheckObjectives(problem, evaluation, Violated);
        CheckSayings(plan, evaluation, Violated);
    }

    /// <summary>Whether machines and links can bear it, and may be used at all.</summary>
    public static void CheckCapacity(Plan plan, PlanningProblem problem, PlanEvaluation evaluation, List<PlanViolation> violations)
    {
        void Violated(PlanConstraint constraint, FormattableString message) => violations.Add(new PlanViolation(constraint, message.ToString(CultureInfo.InvariantCulture)));
        CheckMachines(plan, problem, evaluation, Violated);
        CheckOptions(plan, problem, evaluation, Violated);
        CheckLinks(problem, evaluation, Violated);
    }

    private static void CheckMachines(Plan plan, PlanningProblem problem, PlanEvaluation evaluation, Action<PlanConstraint, FormattableString> violated)
    {
        var cap = problem.Options.UtilisationCap;
        foreach (var worker in evaluation.UsedWorkers)
        {
            var type = problem.Catalogue.TypeOf(worker);
            if (PlanCheck.Exceeds(evaluation.Cores(worker), cap * type.Cores))
            {
                violated(PlanConstraint.Utilisation, $"Worker '{worker}' is {evaluation.Cores(worker) / type.Cores:P1} busy; allowed: {cap:P1}.");
            }

            if (evaluation.MemoryBytes(worker) > type.MemoryBytes)
            {
                violated(PlanConstraint.Memory, $"Worker '{worker}' holds {evaluation.MemoryBytes(worker)} bytes; allowed: {type.MemoryBytes}.");
            }
        }

        foreach (var host in problem.Catalogue.Hosts)
        {
            var cores = problem.Catalogue.Workers.Where(w => w.Host == host.Id && evaluation.UsedWorkers.Contains(w.Id)).Sum(w => evaluation.HostCores(w.Id));
            if (PlanCheck.Exceeds(cores, cap * host.Cores))
            {
                violated(PlanConstraint.Host, $"Host '{host.Id}' has {cores:0.###} cores busy for all its workers; allowed: {cap * host.Cores:0.###}.");
            }
        }

        foreach (var placement in plan.Placements)
        {
            foreach (var instance in placement.Instances)
            {
                var (cores, most) = (evaluation.Cores(placement, instance), ServiceTable.MostParallel(problem.Workflow[placement.Operator], problem.Catalogue.TypeOf(instance.Worker)));
                if (instance.Parallelism < 1 || instance.Parallelism > most || PlanCheck.Exceeds(cores, cap * instance.Parallelism))
                {
                    violated(PlanConstraint.Parallelism, $"Operator '{placement.Operator}' runs {instance.Parallelism} side by side on worker '{instance.Worker}'; allowed: 1 to {most}, and at least {cores / cap:0.###} for its elements.");
                }
            }
        }
    }

    private static void CheckOptions(Plan plan, PlanningProblem problem, PlanEvaluation evaluation, Action<PlanConstraint, FormattableString> violated)
    {
        foreach (var worker in evaluation.UsedWorkers.Where(w => problem.Options.OwnedOnly && problem.Catalogue.TypeOf(w).Ownership != Ownership.Owned))
        {
            violated(PlanConstraint.Ownership, $"Worker '{worker}' is used and would be rented; allowed: machines that are owned.");
        }

        if (problem.Options.Sharing == WorkerSharing.Exclusive)
        {
            foreach (var worker in evaluation.UsedWorkers)
            {
                var busy = plan.Placements.Where(p => p.Instances.Any(i => i.Worker == worker && evaluation.Cores(p, i) > 0)).Select(p => p.Operator).ToList();
                if (busy.Count > 1)
                {
                    violated(PlanConstraint.Sharing, $"Worker '{worker}' runs {string.Join(", ", busy)}; allowed: one operator that takes time.");
                }
            }
        }

        if (problem.Options.BudgetPerHour is { } budget && PlanCheck.Exceeds(evaluation.Cost().TotalPerHour, budget))
        {
            violated(PlanConstraint.Budget, $"The plan costs {evaluation.Cost().TotalPerHour} per hour; allowed: {budget}.");
        }
    }

    private static void CheckLinks(PlanningProblem problem, PlanEvaluation evaluation, Action<PlanConstraint, FormattableString> violated)
    {
        foreach (var link in problem.Catalogue.Links)
        {
            var bytes = evaluation.BytesPerSecond(link.From, link.To);
            if (PlanCheck.Exceeds(bytes, link.BytesPerSecond))
            {
                violated(PlanConstraint.Bandwidth, $"Link '{link.From} -> {link.To}' carries {bytes:0} bytes per second; allowed: {link.BytesPerSecond:0}.");
            }
        }
    }

    private static void CheckObjectives(PlanningProblem problem, PlanEvaluation evaluation, Action<PlanConstraint, FormattableString> violated)
    {
        var predictions = evaluation.Outputs().ToDictionary(o => o.Output);
        foreach (var output in problem.Workflow.Operators.OfType<OutputOperator>())
        {
            var (objectives, prediction) = (problem.ObjectivesOf(output), predictions[output.Id]);
            if (objectives.Accuracy is { } floor && !(prediction.Accuracy >= floor.Least))
            {
                violated(PlanConstraint.Accuracy, $"Output '{output.Id}' has {floor.Metric} {(prediction.Accuracy is { } value ? value : "not measured")}; asked for: at least {floor.Least}.");
            }

            if (objectives.P99 is { } p99 && PlanCheck.Exceeds(prediction.P99Ms, p99.TotalMilliseconds))
            {
                violated(PlanConstraint.Latency, $"Output '{output.Id}' has a p99 of at most {prediction.P99Ms:0.#} ms; asked for: at most {p99.TotalMilliseconds:0.#} ms.");
            }
        }
    }

    private static void CheckSayings(Plan plan, PlanEvaluation evaluation, Action<PlanConstraint, FormattableString> violated)
    {
        var cost = evaluation.Cost();
        if (PlanCheck.Differs(plan.Cost.ComputePerHour, cost.ComputePerHour) || PlanCheck.Differs(plan.Cost.NetworkPerHour, cost.NetworkPerHour)
            || PlanCheck.Differs(plan.Cost.OwnedPerHour, cost.OwnedPerHour) || plan.Cost.Currency != cost.Currency)
        {
            violated(PlanConstraint.Cost, $"The plan says {plan.Cost.ComputePerHour} ({plan.Cost.OwnedPerHour} owned) + {plan.Cost.NetworkPerHour} {plan.Cost.Currency} per hour; it costs {cost.ComputePerHour} ({cost.OwnedPerHour} owned) + {cost.NetworkPerHour} {cost.Currency}.");
        }

        if (!plan.Outputs.Zip(evaluation.Outputs()).All(p => Agrees(p.First, p.Second)) || plan.Outputs.Length != evaluation.Outputs().Length)
        {
            violated(PlanConstraint.Prediction, $"The plan predicts {string.Join("; ", plan.Outputs)}; from it follows {string.Join("; ", evaluation.Outputs())}.");
        }

        if (!plan.Workers.Zip(evaluation.Workers()).All(p => Agrees(p.First, p.Second)) || plan.Workers.Length != evaluation.UsedWorkers.Length)
        {
            violated(PlanConstraint.Prediction, $"The plan predicts {string.Join("; ", plan.Workers)}; from it follows {string.Join("; ", evaluation.Workers())}.");
        }
    }

    private static bool Agrees(OutputPrediction said, OutputPrediction found) =>
        said.Output == found.Output && said.Metric == found.Metric && said.Accuracy == found.Accuracy
        && !PlanCheck.Differs(said.Rate, found.Rate) && !PlanCheck.Differs(said.P99Ms, found.P99Ms);

    private static bool Agrees(WorkerPrediction said, WorkerPrediction found) =>
        said.Worker == found.Worker && said.MemoryBytes == found.MemoryBytes && !PlanCheck.Differs(said.Utilisation, found.Utilisation);
}
