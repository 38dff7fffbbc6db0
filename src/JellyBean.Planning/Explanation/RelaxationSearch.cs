using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Costs;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Explanation;

/// <summary>Finds the smallest sets of objectives or resources that must give where no plan fits.</summary>
/// <remarks>First each alone, and how far; where none alone is enough, pairs; then three at a time. By number, as the nearest plan by amount is what the planner's own reasons tell.</remarks>
public static class RelaxationSearch
{
    private const int MostAtOnce = 3;

    /// <summary>What rates are divided by at most.</summary>
    private const double LeastRates = 1e9;

    /// <summary>Halvings of the interval in which the least sufficient change lies.</summary>
    private const int Halvings = 12;

    /// <summary>All smallest sets, in the order of the workflow's outputs, then rates, machines and links; empty where even three changes are not enough, or where time ran out over fewer.</summary>
    /// <param name="problem">A valid problem that no plan fits.</param>
    /// <param name="solve">Finds plans.</param>
    public static ImmutableArray<Relaxation> Find(PlanningProblem problem, Func<PlanningProblem, PlanningResult> solve)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(solve);
        var ask = PlanExplainer.WithoutReasons(PlanExplainer.Briefly(problem));
        var levers = Levers(ask);
        for (var size = 1; size <= MostAtOnce; size++)
        {
            var tried = Sets(levers, size).Select(s => (Levers: s, Result: solve(Pulled(ask, s, [.. s.Select(_ => 1.0)])))).ToList();
            var found = tried.Where(t => t.Result.Plan is not null).Select(t => Nearest(ask, t.Levers, t.Result.Plan!, solve)).ToImmutableArray();

            // Where it is not known that so many are too few, more of them together are not the fewest.
            if (!found.IsEmpty || tried.Any(t => t.Result.Status == PlanningStatus.Unknown))
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>The highest rates at which a plan fits, where less of everything else does not have to give; null where there are none, or time ran out.</summary>
    /// <inheritdoc cref="Find" />
    public static HighestRates? FindRates(PlanningProblem problem, Func<PlanningProblem, PlanningResult> solve)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(solve);
        var ask = PlanExplainer.WithoutReasons(PlanExplainer.Briefly(problem));
        Lever[] rates = [Rates()];
        if (solve(Pulled(ask, rates, [1.0])).Plan is not { } least)
        {
            return null;
        }

        var (parts, plan) = Least(ask, rates, least, solve);
        return new HighestRates(Rounded(Factor(parts[0])), plan.Cost.TotalPerHour);
    }

    private static Relaxation Nearest(PlanningProblem problem, IReadOnlyList<Lever> levers, Plan plan, Func<PlanningProblem, PlanningResult> solve)
    {
        var (parts, nearest) = Least(problem, levers, plan, solve);
        return new Relaxation([.. levers.Select((l, i) => l.Text(parts[i]))], nearest.Cost.TotalPerHour);
    }

    /// <summary>One after the other, each lever need not give all: the least that is enough.</summary>
    private static (double[] Parts, Plan Plan) Least(PlanningProblem problem, IReadOnlyList<Lever> levers, Plan plan, Func<PlanningProblem, PlanningResult> solve)
    {
        var parts = levers.Select(_ => 1.0).ToArray();
        for (var lever = 0; lever < levers.Count; lever++)
        {
            var low = 0.0;
            for (var i = 0; i < Halvings / levers.Count; i++)
            {
                var middle = levers[lever].Step((low + parts[lever]) / 2);
                if (middle <= low || middle >= parts[lever])
                {
                    break;
                }

                double[] nearer = [.. parts[..lever], middle, .. parts[(lever + 1)..]];
                if (solve(Pulled(problem, levers, nearer)).Plan is { } other)
                {
                    (parts, plan) = (nearer, other);
                }
                else
                {
                    low = middle;
                }
            }
        }

        return (parts, plan);
    }

    private static PlanningProblem Pulled(PlanningProblem problem, IReadOnlyList<Lever> levers, double[] parts) =>
        levers.Zip(parts).Aggregate(problem, (p, l) => l.First.Pull(p, l.Second));

    private static IEnumerable<IReadOnlyList<Lever>> Sets(ImmutableArray<Lever> levers, int size, int from = 0)
    {
        if (size == 0)
        {
            yield return [];
            yield break;
        }

        for (var i = from; i < levers.Length; i++)
        {
            foreach (var rest in Sets(levers, size - 1, i + 1))
            {
                yield return [levers[i], .. rest];
            }
        }
    }

    private static ImmutableArray<Lever> Levers(PlanningProblem problem)
    {
        var levers = ImmutableArray.CreateBuilder<Lever>();
        foreach (var output in problem.Workflow.Operators.OfType<OutputOperator>())
        {
            if (problem.ObjectivesOf(output).Accuracy is { } floor && Lower(problem, output, floor.Metric, floor.Least) is { Count: > 0 } values)
            {
                levers.Add(new Lever(
                    (p, part) => PlanExplainer.With(p, output, o => o with { Accuracy = floor with { Least = At(values, part) } }),
                    part => Text($"output '{output.Id}': accuracy {floor.Metric} ≥ {At(values, part)} in place of {floor.Least}"),
                    part => Math.Max(1, Math.Round(part * values.Count)) / values.Count));
            }

            if (problem.ObjectivesOf(output).P99 is { } p99)
            {
                // A hundredfold is as good as none.
                levers.Add(Geometric(
                    100,
                    (p, factor) => PlanExplainer.With(p, output, o => o with { P99 = p99 * factor }),
                    factor => Text($"output '{output.Id}': p99 ≤ {Math.Ceiling(p99.TotalMilliseconds * factor)} ms in place of {p99.TotalMilliseconds:0.#} ms")));
            }
        }

        levers.Add(Rates());
        if (problem.Options.BudgetPerHour is { } budget)
        {
            levers.Add(Geometric(
                1000,
                (p, factor) => p with { Options = p.Options with { BudgetPerHour = budget * factor } },
                factor => Text($"a budget of {Math.Ceiling(budget * factor * 1e4) / 1e4} {Money.Unit(problem.Catalogue.Currency)} in place of {budget}")));
        }

        levers.AddRange(problem.Options.SpareTiers.Select(t => new Lever((p, _) => PlanExplainer.WithoutSpare(p, t), _ => $"no spare in tier {t}", _ => 1)));
        var cap = problem.Options.UtilisationCap;
        if (cap < 1)
        {
            levers.Add(new Lever(
                (p, part) => p with { Options = p.Options with { UtilisationCap = cap + (part * (1 - cap)) } },
                part => Text($"a utilisation cap of {Math.Ceiling(100 * (cap + (part * (1 - cap)))) / 100} in place of {cap}"),
                part => part));
        }

        levers.AddRange(problem.Catalogue.WorkerTypes.Where(t => !t.IsSourceOnly).OrderBy(t => t.Id).Select(MoreWorkers));
        levers.AddRange(problem.Catalogue.Links.Select(l => Geometric(
            100,
            (p, factor) => p with { Catalogue = p.Catalogue with { Links = [.. p.Catalogue.Links.Select(k => k.From == l.From && k.To == l.To ? k with { BytesPerSecond = l.BytesPerSecond * factor } : k)] } },
            factor => Text($"link '{l.From} -> {l.To}': {l.BytesPerSecond * factor * 8 / 1e6:0.##} Mbit/s in place of {l.BytesPerSecond * 8 / 1e6:0.##}"))));
        return levers.ToImmutable();
    }

    private static Lever Rates() => Geometric(
        LeastRates,
        (p, factor) => p with { Sources = [.. p.Sources.Select(s => s with { Rate = s.Rate / factor })] },
        factor => Text($"rates × {Rounded(factor):0.############}"));

    private static double Factor(double part) => Math.Pow(LeastRates, part);

    /// <summary>Part of the rates that a factor leaves, rounded down.</summary>
    private static double Rounded(double factor) => Math.Floor(1 / factor * Math.Pow(10, Digits(factor))) / Math.Pow(10, Digits(factor));

    private static Lever MoreWorkers(WorkerType type)
    {
        const int Most = 8;
        return new Lever(
            (p, part) => p with { Catalogue = p.Catalogue with { Workers = p.Catalogue.Workers.AddRange(Enumerable.Range(1, (int)Math.Round(part * Most)).Select(i => New(p, i))) } },
            part => Text($"{Math.Round(part * Most):0} more of worker type '{type.Id}'"),
            part => Math.Max(1, Math.Round(part * Most)) / Most);

        Worker New(PlanningProblem problem, int number)
        {
            var like = problem.Catalogue.Workers.FirstOrDefault(w => w.Type == type.Id);
            return new Worker { Id = new WorkerId(Text($"another-{type.Id}-{number}")), Type = type.Id, Host = like?.Host };
        }
    }

    /// <summary>A lever whose parts are powers of the factor that all of it is.</summary>
    private static Lever Geometric(double most, Func<PlanningProblem, double, PlanningProblem> pull, Func<double, string> text) =>
        new((p, part) => pull(p, Math.Pow(most, part)), part => text(Math.Pow(most, part)), part => part);

    /// <summary>Digits after the point that leave three in 1 / factor.</summary>
    private static int Digits(double factor) => 3 + (int)Math.Floor(Math.Log10(factor));

    /// <summary>The measured accuracies below what is asked for, the nearest first.</summary>
    private static List<double> Lower(PlanningProblem problem, OutputOperator output, string metric, double least) =>
        [.. AccuracyTable.Of(problem, output.Id, metric).Rows.Select(r => r.Value).Where(v => v < least).Distinct().OrderDescending()];

    private static double At(List<double> values, double part) => values[Math.Clamp((int)Math.Round(part * values.Count) - 1, 0, values.Count - 1)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Something that can give.</summary>
    /// <param name="Pull">Lets a part of it give, from 0 (none) to 1 (as far as is sensible).</param>
    /// <param name="Text">What that means.</param>
    /// <param name="Step">The nearest part that there is.</param>
    private sealed record Lever(Func<PlanningProblem, double, PlanningProblem> Pull, Func<double, string> Text, Func<double, double> Step);
}
