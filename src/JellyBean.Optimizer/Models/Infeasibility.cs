using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Optimizer.Models;

/// <summary>Says why no plan fits, and what the nearest would need.</summary>
internal static class Infeasibility
{
    /// <summary>What cannot be met whatever the machines are; found without solving.</summary>
    public static ImmutableArray<string> KnownReasons(PlanningProblem problem)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        foreach (var output in problem.Workflow.Operators.OfType<OutputOperator>())
        {
            if (problem.ObjectivesOf(output).Accuracy is not { } floor)
            {
                continue;
            }

            var rows = AccuracyTable.Of(problem, output.Id, floor.Metric).Rows;
            if (rows.IsEmpty)
            {
                var measured = problem.Profile.Accuracies.Select(a => a.Metric + (a.IsEstimated ? " (estimated)" : "")).Distinct().Order(StringComparer.Ordinal).ToList();
                reasons.Add(Text($"output '{output.Id}': accuracy {floor.Metric} ≥ {floor.Least} cannot be shown: {floor.Metric} is not measured for any variant; the profile has {(measured.Count > 0 ? string.Join(", ", measured) : "no metric")}. Measure it, allow estimated accuracies if there are any, or ask for another metric."));
            }
            else if (rows[0].Value < floor.Least)
            {
                reasons.Add(Text($"output '{output.Id}': accuracy {floor.Metric} ≥ {floor.Least} is above the best measured {rows[0].Value} ({AccuracyTable.Describe(rows[0])}){(floor.Least > 1 && rows[0].Value <= 1 ? "; of a fraction, as most metrics are, 1 is all" : "")}. Lower it to {rows[0].Value}, or add and measure a better variant."));
            }
        }

        foreach (var source in problem.Sources.Where(s => s.Worker is { } worker && !problem.Catalogue.TypeOf(worker).IsSourceOnly && problem.Options.SpareTiers.Contains(s.Tier)))
        {
            if (problem.Catalogue.Workers.Count(w => problem.Catalogue.TypeOf(w.Id).Serves(source.Tier)) == 1)
            {
                reasons.Add($"source '{source.Source}' is attached to worker '{source.Worker}', the only one of tier {source.Tier}, where a spare is asked for: nothing can stand in for it. Add a worker there, or ask for no spare.");
            }
        }

        return reasons.ToImmutable();
    }

    /// <summary>What is said where reasons are not asked for.</summary>
    public const string Unexplained = "no plan fits.";

    /// <summary>The least that would have to give so that a plan fits.</summary>
    public static ImmutableArray<string> Explain(PlanningProblem problem, CancellationToken cancellation)
    {
        if (!problem.Options.GiveReasons)
        {
            return [Unexplained];
        }

        using var model = new PlanModel(problem, elastic: true);
        if (model.SolveForLimits(problem.Options.TimeLimit, cancellation) is not (SolveStatus.Optimal or SolveStatus.Feasible))
        {
            if (HasPlanAtMuchLowerRates(problem, cancellation))
            {
                return [Text($"{problem.Sources.Sum(s => s.Rate):0.###} elements per second are more than the machines can take by so far that no nearest plan can be worked out. Lower rates, or look whether a rate or a time is in the wrong unit.")];
            }

            var pins = problem.Workflow.Operators.Where(o => problem.PinOf(o) is not null).Select(o => $"{o.Id} on {problem.PinOf(o)}");
            var links = problem.Catalogue.Links.Select(l => $"{l.From} -> {l.To}").Order(StringComparer.Ordinal).ToList();
            return [$"no chain of operators leads from the sources to the outputs: operators are pinned ({string.Join(", ", pins)}) and links go {(links.Count > 0 ? string.Join(", ", links) : "nowhere")}. Add a link in the direction that is missing, or remove a pin."];
        }

        var solution = model.Solution();
        var variants = string.Join(", ", problem.Workflow.Operators.OfType<InferOperator>().Select(o => Text($"{o.Id}={solution.Ways[o.Id].Variant} in batches of {solution.Ways[o.Id].BatchSize}")));
        var with = variants.Length > 0 ? $" (with {variants})" : "";
        return [.. model.PassedLimits.Select(p => Reason(problem, solution, p.Slack, p.By, with))];
    }

    /// <summary>Whether it is rates that stand against a plan, so far that the elastic program's numbers cannot hold both them and what machines take.</summary>
    private static bool HasPlanAtMuchLowerRates(PlanningProblem problem, CancellationToken cancellation)
    {
        const double Part = 1e-6;
        using var model = new PlanModel(problem with { Sources = [.. problem.Sources.Select(s => s with { Rate = s.Rate * Part })] }, elastic: true);
        return model.SolveForLimits(problem.Options.TimeLimit, cancellation) is SolveStatus.Optimal or SolveStatus.Feasible;
    }

    private static string Reason(PlanningProblem problem, Solution solution, Slack slack, double by, string with)
    {
        var cap = problem.Options.UtilisationCap;
        return slack.Kind switch
        {
            SlackKind.Utilisation => Text($"worker '{slack.Subject}' would be {100 * (cap + by):0.#} % busy in the nearest plan{with}; allowed: {100 * cap:0.#} %. Add workers to tier {TierOf(problem, slack.Subject)}, lower rates, or raise the utilisation cap."),
            SlackKind.OneInstance => Text($"operator '{slack.Subject}' cannot be divided and would need {cap + by:0.##} cores in the nearest plan{with}; allowed: {cap:0.##} of one core. Give it a key, make it cheaper, or lower rates."),
            SlackKind.Host => Text($"host '{slack.Subject}' would be {100 * (cap + by):0.#} % busy with all its workers in the nearest plan{with}; allowed: {100 * cap:0.#} %. Move a worker to another host, or lower rates."),
            SlackKind.Bandwidth => Text($"link '{slack.Subject}' would carry {100 * (1 + by):0.#} % of its bandwidth in the nearest plan{with}. Widen the link, lower rates, or let more run before it."),
            SlackKind.Memory => Text($"worker '{slack.Subject}' would hold {100 * (1 + by):0.#} % of its memory in the nearest plan{with}. Give it more memory, or add workers to tier {TierOf(problem, slack.Subject)}."),
            SlackKind.Sharing => Text($"worker '{slack.Subject}' would have {1 + by:0} operators in the nearest plan{with}; allowed: one, as workers are not shared. Add workers to tier {TierOf(problem, slack.Subject)}, or let operators share them."),
            SlackKind.Budget => Text($"the nearest plan{with} costs {Money.PerHour(problem.Options.BudgetPerHour!.Value * (1 + by), problem.Catalogue.Currency)}; allowed: {problem.Options.BudgetPerHour:0.####}. Allow more, or ask for less."),
            SlackKind.Spare => Text($"while worker '{slack.Subject}' is missing, what is left falls short by {100 * by:0.#} % of a machine or link in the nearest plan{with}; a spare is asked for in tier {TierOf(problem, slack.Subject)}. Add workers there, lower rates, or ask for no spare."),
            SlackKind.Accuracy => AccuracyReason(problem, solution, slack, with),
            _ => LatencyReason(problem, slack, by, with),
        };
    }

    private static string AccuracyReason(PlanningProblem problem, Solution solution, Slack slack, string with)
    {
        var output = (OutputOperator)problem.Workflow[new OperatorId(slack.Subject)];
        var floor = problem.ObjectivesOf(output).Accuracy!;
        var value = AccuracyTable.Of(problem, output.Id, floor.Metric).ValueOf(id => solution.Ways[id].Variant);
        var reached = value is { } v ? Text($"{v}") : "not measured";
        return Text($"output '{output.Id}': accuracy {floor.Metric} ≥ {floor.Least} does not fit the machines; in the nearest plan it is {reached}{with}. Lower the floor, add workers, or lower rates.");
    }

    private static string LatencyReason(PlanningProblem problem, Slack slack, double by, string with)
    {
        var p99 = problem.ObjectivesOf((OutputOperator)problem.Workflow[new OperatorId(slack.Subject)]).P99!.Value.TotalMilliseconds;
        return Text($"output '{slack.Subject}': the p99 latency would be {p99 * (1 + by):0.#} ms in the nearest plan{with}; asked for: at most {p99:0.#} ms. Allow more, or add faster workers or quicker links.");
    }

    private static string TierOf(PlanningProblem problem, string worker) => problem.Catalogue.TierOf(new(worker)).Name;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
