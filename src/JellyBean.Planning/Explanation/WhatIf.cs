using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Planning.Explanation;

/// <summary>Questions such as <c>rate=2x,link.hub-cloud.price=1.5,worker.gpu-1=down</c>: a problem with some figures changed.</summary>
/// <remarks>A number stands for itself, a number with <c>x</c> multiplies what there is. Later changes go on from earlier ones.</remarks>
public static class WhatIf
{
    private const string Allowed =
        "rate, rate.SOURCE, accuracy, p99 (ms), utilisation, burstiness, worker.NAME=down, type.NAME.price, type.NAME.speed, link.FROM-TO.price, link.FROM-TO.bandwidth (Mbit/s), link.FROM-TO.round-trip (ms); each =N or =Nx";

    /// <summary>Changes a problem.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="text">Changes, with commas between.</param>
    /// <param name="errors">Takes everything that is wrong with the changes: what was found and what is allowed.</param>
    /// <returns>The changed problem; meaningless if there were errors.</returns>
    public static PlanningProblem Apply(PlanningProblem problem, string text, ICollection<string> errors)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(errors);
        foreach (var change in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (change.Split('=', StringSplitOptions.TrimEntries) is not [{ Length: > 0 } key, { Length: > 0 } value])
            {
                errors.Add($"'{change}' is no change; allowed: key=value, where key is one of {Allowed}.");
                continue;
            }

            problem = Apply(problem, key, value, errors);
        }

        return problem;
    }

    private static PlanningProblem Apply(PlanningProblem problem, string key, string value, ICollection<string> errors)
    {
        var amount = Amount.Parse(value);
        var (kind, name, property) = Divide(key);
        if (kind != "worker" && amount is null)
        {
            errors.Add($"{key} is '{value}'; allowed: a number of 0 or more, or a factor as in 2x.");
            return problem;
        }

        switch (kind, property)
        {
            case ("rate", ""):
                return Rates(problem, key, name, amount!, errors);
            case ("accuracy" or "p99", "") when name.Length == 0:
                return Objectives(problem, key, amount!, errors);
            case ("utilisation", "") when name.Length == 0:
                return problem with { Options = problem.Options with { UtilisationCap = amount!.Of(problem.Options.UtilisationCap) } };
            case ("burstiness", "") when name.Length == 0:
                return problem with { Options = problem.Options with { Burstiness = amount!.Of(problem.Options.Burstiness) } };
            case ("worker", ""):
                return Down(problem, key, name, value, errors);
            case ("type", "price" or "speed"):
                return Types(problem, key, name, property, amount!, errors);
            case ("link", "price" or "bandwidth" or "round-trip"):
                return Links(problem, key, name, property, amount!, errors);
            default:
                errors.Add($"'{key}' is unknown; allowed: {Allowed}.");
                return problem;
        }
    }

    /// <summary>The first word, what is named between, and for types and links the last word.</summary>
    private static (string Kind, string Name, string Property) Divide(string key)
    {
        var first = key.IndexOf('.', StringComparison.Ordinal);
        if (first < 0)
        {
            return (key, "", "");
        }

        var (kind, rest) = (key[..first], key[(first + 1)..]);
        var last = rest.LastIndexOf('.');
        return kind is "type" or "link" && last > 0 ? (kind, rest[..last], rest[(last + 1)..]) : (kind, rest, "");
    }

    private static string Unknown(string key, string kind, string name, IEnumerable<string> known) =>
        $"{key}: {kind} '{name}' is unknown; allowed: {string.Join(", ", known)}.{Spelling.DidYouMean(name, known)}";

    private static PlanningProblem Rates(PlanningProblem problem, string key, string name, Amount amount, ICollection<string> errors)
    {
        var meant = problem.Sources.Where(s => name.Length == 0 || s.Source.Value == name || s.Source.Value.EndsWith("/" + name, StringComparison.Ordinal)).ToList();
        if (meant.Count == 0)
        {
            errors.Add(Unknown(key, "source", name, problem.Sources.Select(s => s.Source.Value)));
        }

        return problem with { Sources = [.. problem.Sources.Select(s => meant.Contains(s) ? s with { Rate = amount.Of(s.Rate) } : s)] };
    }

    private static PlanningProblem Objectives(PlanningProblem problem, string key, Amount amount, ICollection<string> errors)
    {
        var outputs = problem.Workflow.Operators.OfType<OutputOperator>().ToList();
        var meant = key == "accuracy"
            ? outputs.FindAll(o => problem.ObjectivesOf(o).Accuracy is not null)
            : outputs.FindAll(o => !amount.IsFactor || problem.ObjectivesOf(o).P99 is not null);
        if (meant.Count == 0)
        {
            errors.Add($"{key} is to change, but no output asks for {(key == "accuracy" ? "an accuracy" : "a p99")}. Ask for one first.");
        }

        return meant.Aggregate(problem, (p, output) => PlanExplainer.With(p, output, o => key == "accuracy"
            ? o with { Accuracy = o.Accuracy! with { Least = amount.Of(o.Accuracy.Least) } }
            : o with { P99 = TimeSpan.FromMilliseconds(amount.Of(o.P99?.TotalMilliseconds ?? 0)) }));
    }

    private static PlanningProblem Down(PlanningProblem problem, string key, string name, string value, ICollection<string> errors)
    {
        if (problem.Catalogue.Workers.All(w => w.Id.Value != name))
        {
            errors.Add(Unknown(key, "worker", name, problem.Catalogue.Workers.Select(w => w.Id.Value)));
        }
        else if (value != "down")
        {
            errors.Add($"{key} is '{value}'; allowed: down.");
        }

        return problem with { Catalogue = problem.Catalogue with { Workers = problem.Catalogue.Workers.RemoveAll(w => w.Id.Value == name) } };
    }

    private static PlanningProblem Types(PlanningProblem problem, string key, string name, string property, Amount amount, ICollection<string> errors)
    {
        if (problem.Catalogue.WorkerTypes.All(t => t.Id.Value != name))
        {
            errors.Add(Unknown(key, "worker type", name, problem.Catalogue.WorkerTypes.Select(t => t.Id.Value)));
        }

        WorkerType Changed(WorkerType type) => property == "price" ? type with { PricePerHour = amount.Of(type.PricePerHour) } : type with { SpeedFactor = amount.Of(type.SpeedFactor) };
        return problem with { Catalogue = problem.Catalogue with { WorkerTypes = [.. problem.Catalogue.WorkerTypes.Select(t => t.Id.Value == name ? Changed(t) : t)] } };
    }

    private static PlanningProblem Links(PlanningProblem problem, string key, string name, string property, Amount amount, ICollection<string> errors)
    {
        if (problem.Catalogue.Links.All(l => Name(l) != name))
        {
            errors.Add(Unknown(key, "link", name, problem.Catalogue.Links.Select(Name)));
        }

        TierLink Changed(TierLink link) => property switch
        {
            "price" => link with { PricePerGib = amount.Of(link.PricePerGib) },
            "bandwidth" => link with { BytesPerSecond = amount.Of(link.BytesPerSecond * 8 / 1e6) * 1e6 / 8 },
            _ => link with { RoundTrip = TimeSpan.FromMilliseconds(amount.Of(link.RoundTrip.TotalMilliseconds)) },
        };
        return problem with { Catalogue = problem.Catalogue with { Links = [.. problem.Catalogue.Links.Select(l => Name(l) == name ? Changed(l) : l)] } };

        static string Name(TierLink link) => $"{link.From}-{link.To}";
    }

    /// <summary>A number, or a factor.</summary>
    private sealed record Amount(double Number, bool IsFactor)
    {
        public static Amount? Parse(string text)
        {
            var isFactor = text.EndsWith('x');
            return double.TryParse(isFactor ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number is >= 0 and <= 1e15
                ? new Amount(number, isFactor)
                : null;
        }

        public double Of(double current) => IsFactor ? current * Number : Number;
    }
}
