using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads <c>jellybean.planning</c> and what the command line puts in its place.</summary>
internal static class PlanningReader
{
    /// <param name="keys">What is configured.</param>
    /// <param name="request">What is given in its place.</param>
    /// <param name="tiers">Those of the catalogue; empty where it could not be read.</param>
    /// <param name="errors">What is wrong is added.</param>
    public static PlanningOptions Read(SectionReader keys, ConfigurationRequest request, ImmutableArray<Tier> tiers, ICollection<string> errors)
    {
        // A mode is where the other keys begin; one on the command line is taken as it is.
        var configured = Freedoms(keys, Mode(keys) ?? new PlanningOptions());
        var chosen = Mode(request, errors);
        var options = (chosen ?? configured) with
        {
            UtilisationCap = Utilisation(request, errors) ?? keys.Number("utilisation-cap", 0.01, 1) ?? (chosen ?? configured).UtilisationCap,
            Burstiness = keys.Number("burstiness", 0, 1e6) ?? configured.Burstiness,
            NeighbourLoad = keys.Number("neighbour-load", 0, 1) ?? configured.NeighbourLoad,
            AllowEstimated = keys.Flag("allow-estimated") ?? configured.AllowEstimated,
            BudgetPerHour = keys.Number("budget-per-hour", 0, double.MaxValue) ?? configured.BudgetPerHour,
            OwnedOnly = keys.Flag("owned-only") ?? configured.OwnedOnly,
            Goal = keys.Choice("goal", ("least-cost", PlanningGoal.LeastCost), ("most-accuracy", PlanningGoal.MostAccuracy)) ?? configured.Goal,
            SpareTiers = [.. Spares(keys, request, tiers, errors).Distinct(StringComparer.Ordinal).Select(t => new Tier(t))],
            TimeLimit = keys.Duration("time-limit") ?? configured.TimeLimit,
        };
        keys.RejectUnknown();
        return options;
    }

    public static int? ReadPercentile(ConfigurationRequest request, ICollection<string> errors)
    {
        if (request.Percentile is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100)
        {
            return percent;
        }

        errors.Add($"--percentile is '{text}'; allowed: a whole number from 1 to 99 that the profile has.");
        return null;
    }

    private static IEnumerable<string> Spares(SectionReader keys, ConfigurationRequest request, ImmutableArray<Tier> tiers, ICollection<string> errors)
    {
        var configured = keys.Texts("spare-tiers");
        IReadOnlyList<string> spares = request.Spares.IsEmpty ? configured : request.Spares;
        var names = tiers.Select(t => t.Name).ToList();
        foreach (var unknown in names.Count == 0 ? [] : spares.Except(names))
        {
            errors.Add($"{(request.Spares.IsEmpty ? $"{keys.Path}.spare-tiers" : "--spare")} is '{unknown}', which is no tier of the catalogue; allowed: {string.Join(", ", names)}.{Spelling.DidYouMean(unknown, names)}");
        }

        return spares;
    }

    private static PlanningOptions Freedoms(SectionReader keys, PlanningOptions options) => options with
    {
        AllowSplits = keys.Flag("allow-splits") ?? options.AllowSplits,
        AllowKeySplits = keys.Flag("allow-key-splits") ?? options.AllowKeySplits,
        AllowBackwardTraffic = keys.Flag("allow-backward-traffic") ?? options.AllowBackwardTraffic,
        Sharing = keys.Choice("sharing", ("time-shared", WorkerSharing.TimeShared), ("exclusive", WorkerSharing.Exclusive)) ?? options.Sharing,
        Routing = keys.Choice("routing", ("free", Routing.Free), ("proportional", Routing.Proportional)) ?? options.Routing,
    };

    private static PlanningOptions? Mode(SectionReader keys)
    {
        if (keys.Text("mode") is not { } name)
        {
            return null;
        }

        if (PlanningModes.ByName.TryGetValue(name, out var mode))
        {
            return mode;
        }

        keys.RejectName("mode", [.. PlanningModes.ByName.Keys]);
        return null;
    }

    private static PlanningOptions? Mode(ConfigurationRequest request, ICollection<string> errors)
    {
        if (request.Mode is null)
        {
            return null;
        }

        if (PlanningModes.ByName.TryGetValue(request.Mode, out var mode))
        {
            return mode;
        }

        errors.Add($"--mode is '{request.Mode}'; allowed: {string.Join(", ", PlanningModes.ByName.Keys)}.{Spelling.DidYouMean(request.Mode, PlanningModes.ByName.Keys)}");
        return null;
    }

    private static double? Utilisation(ConfigurationRequest request, ICollection<string> errors)
    {
        if (request.Utilisation is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var cap) && cap is > 0 and <= 1)
        {
            return cap;
        }

        errors.Add($"--utilisation is '{text}'; allowed: a number above 0 to 1.");
        return null;
    }
}
