using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using static JellyBean.Planning.Infrastructure.CatalogueValidation;

namespace JellyBean.Planning;

internal static class ProblemValidation
{
    public static ImmutableArray<string> Errors(PlanningProblem problem)
    {
        var errors = new List<string>(Unmeasured(problem));
        errors.AddRange(problem.Profile.Validate(problem.Workflow));
        CheckWorkerTypes(problem, errors);
        return [.. errors];
    }

    /// <summary>What is wrong whatever is measured.</summary>
    public static ImmutableArray<string> Unmeasured(PlanningProblem problem)
    {
        var errors = new List<string>(problem.Catalogue.Validate());
        CheckSources(problem, errors);
        CheckTiers(problem, errors);
        CheckOutputs(problem, errors);
        CheckOptions(problem.Options, problem, errors);
        return [.. errors];
    }

    private static void CheckSources(PlanningProblem problem, List<string> errors)
    {
        Duplicates(problem.Sources, s => s.Source.Value, "source", errors);
        foreach (var source in problem.Sources)
        {
            var where = $"source '{source.Source}'";
            Number(source.Rate, mayBeZero: false, $"{where}: rate in elements per second", errors);
            if (problem.Workflow.Operators.FirstOrDefault(o => o.Id == source.Input) is not InputOperator input)
            {
                errors.Add($"{where}: input '{source.Input}' is unknown; allowed: {List(Ids(problem, OperatorKind.Input))}. Correct its name.");
                continue;
            }

            if (input.Pin is { } pin && pin != source.Tier)
            {
                errors.Add($"{where} is attached to tier '{source.Tier}', but input '{input.Id}' is on tier '{pin}'. Attach it to {pin}, or set the input's tier.");
            }

            CheckAttachment(problem, source, where, errors);
        }

        foreach (var input in Ids(problem, OperatorKind.Input).Where(id => problem.Sources.All(s => s.Input.Value != id)))
        {
            errors.Add($"input '{input}' has no source. Attach at least one, with its rate.");
        }
    }

    private static void CheckAttachment(PlanningProblem problem, SourceDemand source, string where, List<string> errors)
    {
        if (source.Worker is not { } worker)
        {
            return;
        }

        if (problem.Catalogue.Workers.FirstOrDefault(w => w.Id == worker) is not { } found)
        {
            errors.Add($"{where}: worker '{worker}' is unknown; allowed: {List(problem.Catalogue.Workers.Select(w => w.Id.Value))}. Add it to the catalogue or correct its name.");
        }
        else if (problem.Catalogue.WorkerTypes.FirstOrDefault(t => t.Id == found.Type) is { } type && !type.Serves(source.Tier))
        {
            errors.Add($"{where} is attached to worker '{worker}' of tier '{type.Tier}', and to tier '{source.Tier}'. Make them agree.");
        }
    }

    private static void CheckTiers(PlanningProblem problem, List<string> errors)
    {
        var served = problem.Catalogue.Workers
            .SelectMany(w => problem.Catalogue.WorkerTypes.Where(t => t.Id == w.Type)).SelectMany(t => t.AlsoServes.Prepend(t.Tier)).Distinct().ToList();
        foreach (var source in problem.Sources.Where(s => !served.Contains(s.Tier)))
        {
            errors.Add($"source '{source.Source}' is attached to tier '{source.Tier}', but the catalogue has workers in {List(served.Select(t => t.Name))}. Add a worker to {source.Tier}.");
        }

        foreach (var op in problem.Workflow.Operators.Where(o => o is not InputOperator && problem.PinOf(o) is { } pin && !served.Contains(pin)))
        {
            errors.Add($"operator '{op.Id}' is pinned to tier '{problem.PinOf(op)}', but the catalogue has workers in {List(served.Select(t => t.Name))}. Add a worker to {problem.PinOf(op)} or remove the pin.");
        }

        if (problem.Options.OnlyTier is { } only && !served.Contains(only))
        {
            errors.Add($"everything is asked for on tier '{only}', but the catalogue has workers in {List(served.Select(t => t.Name))}. Choose one of these.");
        }
    }

    private static void CheckOutputs(PlanningProblem problem, List<string> errors)
    {
        foreach (var (id, objectives) in problem.Objectives)
        {
            if (!Ids(problem, OperatorKind.Output).Contains(id.Value))
            {
                errors.Add($"objectives are given for '{id}', which is no output; allowed: {List(Ids(problem, OperatorKind.Output))}. Correct its name.");
            }

            if (objectives.Accuracy is { } floor && (string.IsNullOrWhiteSpace(floor.Metric) || !double.IsFinite(floor.Least)))
            {
                errors.Add(Text($"output '{id}' asks for accuracy '{floor.Metric}' of at least {floor.Least}; allowed: a metric's name and a finite number."));
            }

            if (objectives.P99 is { } p99 && p99 <= TimeSpan.Zero)
            {
                errors.Add($"output '{id}' asks for a p99 latency of {p99}; allowed: more than zero.");
            }
        }

        foreach (var (id, worker) in problem.SinkWorkers)
        {
            if (!Ids(problem, OperatorKind.Output).Contains(id.Value))
            {
                errors.Add($"a sink's worker is given for '{id}', which is no output; allowed: {List(Ids(problem, OperatorKind.Output))}. Correct its name.");
            }

            if (problem.Catalogue.Workers.All(w => w.Id != worker))
            {
                errors.Add($"the sink of '{id}' is bound to worker '{worker}', which is unknown; allowed: {List(problem.Catalogue.Workers.Select(w => w.Id.Value))}. Correct its name.");
            }
        }
    }

    private static void CheckWorkerTypes(PlanningProblem problem, List<string> errors)
    {
        var times = problem.Profile.ServiceTimes;
        foreach (var type in times.Select(t => t.WorkerType).OfType<Infrastructure.WorkerTypeId>().Distinct().Where(t => problem.Catalogue.WorkerTypes.All(k => k.Id != t)))
        {
            errors.Add($"the profile has service times for worker type '{type}', which is unknown; allowed: {List(problem.Catalogue.WorkerTypes.Select(t => t.Id.Value))}. Add it to the catalogue, or remove the rows.");
        }

        var used = problem.Catalogue.WorkerTypes.Where(t => !t.IsSourceOnly && problem.Catalogue.Workers.Any(w => w.Type == t.Id)).ToList();
        foreach (var op in problem.Workflow.Operators)
        {
            foreach (var variant in times.Where(t => t.Operator == op.Id).Select(t => t.Variant).Distinct())
            {
                var rows = times.Where(t => t.Operator == op.Id && t.Variant == variant).ToList();
                if (rows.Any(t => t.WorkerType is null))
                {
                    continue;
                }

                var missed = used.Where(t => (problem.PinOf(op) is not { } pin || t.Serves(pin)) && rows.All(r => r.WorkerType != t.Id)).Select(t => t.Id.Value).ToList();
                if (missed.Count > 0)
                {
                    errors.Add($"the profile misses '{op.Id}'{(variant is null ? "" : $" (variant {variant})")} on worker type {List(missed)}. Measure it there, or on this machine, from which it is scaled.");
                }
            }
        }
    }

    private static void CheckOptions(PlanningOptions options, PlanningProblem problem, List<string> errors)
    {
        if (!(options.UtilisationCap > 0 && options.UtilisationCap <= 1))
        {
            errors.Add(Text($"the utilisation cap is {options.UtilisationCap}; allowed: above 0 to 1."));
        }

        if (!(options.Burstiness >= 0 && double.IsFinite(options.Burstiness)))
        {
            errors.Add(Text($"the burstiness is {options.Burstiness}; allowed: a finite number, 0 or more."));
        }

        if (options.NeighbourLoad is { } load && !(load is >= 0 and <= 1))
        {
            errors.Add(Text($"the neighbours' load is {load}; allowed: 0 to 1."));
        }

        if (options.TimeLimit <= TimeSpan.Zero)
        {
            errors.Add($"the time limit is {options.TimeLimit}; allowed: more than zero.");
        }

        if (options.BudgetPerHour is { } budget)
        {
            Number(budget, mayBeZero: true, "the budget per hour", errors);
        }

        foreach (var tier in options.SpareTiers.Where(t => !problem.Catalogue.Tiers.Contains(t)))
        {
            errors.Add($"a spare machine is asked for in tier '{tier}'; allowed: {List(problem.Catalogue.Tiers.Select(t => t.Name))}. Correct its name.{Spelling.DidYouMean(tier.Name, problem.Catalogue.Tiers.Select(t => t.Name))}");
        }

        if (options.Goal == PlanningGoal.MostAccuracy && !problem.Workflow.Operators.OfType<OutputOperator>().Any(o => problem.ObjectivesOf(o).Accuracy is not null))
        {
            errors.Add("the highest accuracy is asked for, but no output has an accuracy objective. Give at least one a metric and the least that will do.");
        }

        if (problem.InForce is { } inForce)
        {
            Number(inForce.MovePerHour, mayBeZero: true, "the cost of moving per hour", errors);
            foreach (var (op, price) in inForce.MovePerHourOf)
            {
                Number(price, mayBeZero: true, $"the cost of moving '{op}' per hour", errors);
                if (problem.Workflow.Operators.All(o => o.Id != op))
                {
                    errors.Add($"a cost of moving is given for '{op}', which is no operator; allowed: {List(problem.Workflow.Operators.Select(o => o.Id.Value))}. Correct its name.");
                }
            }

            if (inForce.Plan.WorkflowFingerprint != problem.Workflow.Fingerprint)
            {
                errors.Add($"the plan in force is for workflow '{inForce.Plan.Workflow}' ({inForce.Plan.WorkflowFingerprint}); expected '{problem.Workflow.Name}' ({problem.Workflow.Fingerprint}). Plan without it.");
            }
        }

        if (problem.Workflow.Operators.Any(o => o is InputOperator { Pin: null }))
        {
            errors.Add("an input is on no tier. Give every input a tier.");
        }
    }

    private static IEnumerable<string> Ids(PlanningProblem problem, OperatorKind kind) => problem.Workflow.Operators.Where(o => o.Kind == kind).Select(o => o.Id.Value);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
