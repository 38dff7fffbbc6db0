using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Workflows;

namespace JellyBean.Planning.Infrastructure;

internal static class CatalogueValidation
{
    public static ImmutableArray<string> Errors(InfrastructureCatalogue catalogue)
    {
        var errors = new List<string>();
        CheckTiers(catalogue, errors);
        CheckWorkerTypes(catalogue, errors);
        CheckWorkers(catalogue, errors);
        CheckLinks(catalogue, errors);
        return [.. errors.Select(e => $"Catalogue '{catalogue.Name}': {e}")];
    }

    private static void CheckTiers(InfrastructureCatalogue catalogue, List<string> errors)
    {
        if (catalogue.Tiers.IsEmpty)
        {
            errors.Add("it has no tier. Add at least one, such as edge.");
        }

        Duplicates(catalogue.Tiers, t => t.Name, "tier", errors);
        Names(catalogue.Tiers.Select(t => t.Name), "tier", errors);
    }

    private static void CheckWorkerTypes(InfrastructureCatalogue catalogue, List<string> errors)
    {
        Duplicates(catalogue.WorkerTypes, t => t.Id.Value, "worker type", errors);
        Names(catalogue.WorkerTypes.Select(t => t.Id.Value), "worker type", errors);
        foreach (var type in catalogue.WorkerTypes)
        {
            var where = $"worker type '{type.Id}'";
            foreach (var tier in type.AlsoServes.Prepend(type.Tier))
            {
                KnownTier(catalogue, tier, where, errors);
            }

            Number(type.PricePerHour, mayBeZero: true, $"{where}: price per hour", errors);
            Number(type.Cores, mayBeZero: false, $"{where}: cores", errors);
            Number(type.MemoryBytes, mayBeZero: false, $"{where}: memory in bytes", errors);
            Number(type.SpeedFactor, mayBeZero: false, $"{where}: speed factor", errors);
            if (type.IsEmulated && type.SpeedFactor > 1)
            {
                errors.Add(Text($"{where}: speed factor is {type.SpeedFactor}, but the speed is emulated by added delay; allowed: above 0 to 1. Lower it, or simulate the faster machine instead."));
            }
        }
    }

    private static void CheckWorkers(InfrastructureCatalogue catalogue, List<string> errors)
    {
        if (catalogue.Workers.IsEmpty)
        {
            errors.Add("it has no worker. Add at least one.");
        }

        Duplicates(catalogue.Workers, w => w.Id.Value, "worker", errors);
        Names(catalogue.Workers.Select(w => w.Id.Value), "worker", errors);
        Duplicates(catalogue.Hosts, h => h.Id.Value, "host", errors);
        Names(catalogue.Hosts.Select(h => h.Id.Value), "host", errors);
        foreach (var host in catalogue.Hosts)
        {
            Number(host.Cores, mayBeZero: false, $"host '{host.Id}': cores", errors);
        }

        foreach (var worker in catalogue.Workers)
        {
            if (catalogue.WorkerTypes.All(t => t.Id != worker.Type))
            {
                errors.Add($"worker '{worker.Id}': type '{worker.Type}' is unknown; allowed: {List(catalogue.WorkerTypes.Select(t => t.Id.Value))}. Add the type or correct its name.{Spelling.DidYouMean(worker.Type.Value, catalogue.WorkerTypes.Select(t => t.Id.Value))}");
            }

            if (worker.Host is { } host && catalogue.Hosts.All(h => h.Id != host))
            {
                errors.Add($"worker '{worker.Id}': host '{host}' is unknown; allowed: {List(catalogue.Hosts.Select(h => h.Id.Value))}. Add the host with its cores, or remove it from the worker.{Spelling.DidYouMean(host.Value, catalogue.Hosts.Select(h => h.Id.Value))}");
            }
        }
    }

    private static void CheckLinks(InfrastructureCatalogue catalogue, List<string> errors)
    {
        Duplicates(catalogue.Links, l => $"{l.From} -> {l.To}", "link", errors);
        foreach (var link in catalogue.Links)
        {
            var where = $"link '{link.From} -> {link.To}'";
            KnownTier(catalogue, link.From, where, errors);
            KnownTier(catalogue, link.To, where, errors);
            Number(link.PricePerGib, mayBeZero: true, $"{where}: price per GiB", errors);
            Number(link.BytesPerSecond, mayBeZero: false, $"{where}: bandwidth in bytes per second", errors);
            if (link.RoundTrip < TimeSpan.Zero)
            {
                errors.Add($"{where}: round trip is {link.RoundTrip}; allowed: zero or more.");
            }

            if (link.From == link.To)
            {
                errors.Add($"{where} stays inside a tier; traffic there is free and not limited. Remove it.");
            }
        }

        CheckConnected(catalogue, errors);
    }

    private static void CheckConnected(InfrastructureCatalogue catalogue, List<string> errors)
    {
        var tiers = catalogue.Tiers.Distinct().ToList();
        if (tiers.Count < 2)
        {
            return;
        }

        var reached = new HashSet<Tier> { tiers[0] };
        for (var before = 0; before < reached.Count;)
        {
            before = reached.Count;
            foreach (var link in catalogue.Links)
            {
                if (reached.Contains(link.From) || reached.Contains(link.To))
                {
                    reached.Add(link.From);
                    reached.Add(link.To);
                }
            }
        }

        foreach (var tier in tiers.Where(t => !reached.Contains(t)))
        {
            errors.Add($"tier '{tier}' is disconnected: no chain of links joins it to tier '{tiers[0]}'. Add a link in at least one direction, or remove the tier.");
        }
    }

    internal static void Number(double value, bool mayBeZero, string what, List<string> errors)
    {
        if (!double.IsFinite(value) || value < 0 || (!mayBeZero && value == 0))
        {
            errors.Add(Text($"{what} is {value}; allowed: a finite number, {(mayBeZero ? "0 or more" : "above 0")}."));
        }
    }

    internal static void Duplicates<T>(ImmutableArray<T> items, Func<T, string> key, string what, List<string> errors)
    {
        foreach (var twice in items.GroupBy(key).Where(g => g.Count() > 1))
        {
            errors.Add($"{what} '{twice.Key}' is given {twice.Count()} times. Give it once.");
        }
    }

    internal static string List(IEnumerable<string> names) => names.Any() ? string.Join(", ", names) : "none";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Names(IEnumerable<string> names, string what, List<string> errors)
    {
        foreach (var name in names.Where(n => string.IsNullOrWhiteSpace(n) || n.Any(char.IsWhiteSpace)))
        {
            errors.Add($"'{name}' is no name for a {what}. Use words joined by '-', without spaces.");
        }
    }

    private static void KnownTier(InfrastructureCatalogue catalogue, Tier tier, string where, List<string> errors)
    {
        if (!catalogue.Tiers.Contains(tier))
        {
            errors.Add($"{where}: tier '{tier}' is unknown; allowed: {List(catalogue.Tiers.Select(t => t.Name))}. Add the tier or correct its name.{Spelling.DidYouMean(tier.Name, catalogue.Tiers.Select(t => t.Name))}");
        }
    }
}
