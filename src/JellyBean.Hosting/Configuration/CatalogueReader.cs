using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads <c>jellybean.infrastructure</c>: the machines that plans may use.</summary>
internal static class CatalogueReader
{
    /// <param name="section">The section.</param>
    /// <param name="cores">What <c>auto</c> means: this machine's cores.</param>
    public static InfrastructureCatalogue Read(SectionReader section, double cores)
    {
        var catalogue = new InfrastructureCatalogue
        {
            Name = section.Text("name") ?? "unnamed",
            Currency = section.Text("currency") ?? "USD",
            Tiers = [.. section.Texts("tiers").Select(t => new Tier(t))],
            Hosts = [.. Each(section.Section("hosts"), (name, s) => new SharedHost { Id = new HostId(name), Cores = Cores(s, cores) })],
            WorkerTypes = [.. Each(section.Section("worker-types"), (name, s) => ReadType(name, s, cores))],
            Workers = [.. Each(section.Section("workers"), ReadWorkers).SelectMany(w => w)],
            Links = [.. Each(section.Section("links"), (_, s) => ReadLink(s))],
        };
        section.RejectUnknown();
        return catalogue;
    }

    private static WorkerType ReadType(string name, SectionReader s, double cores)
    {
        s.RequiredText("memory", "a size with its unit, as in 4 GiB");
        return new WorkerType
        {
            Id = new WorkerTypeId(name),
            Tier = new Tier(s.RequiredText("tier", "one of jellybean.infrastructure.tiers")),
            AlsoServes = [.. s.Texts("also-serves").Select(t => new Tier(t))],
            PricePerHour = s.RequiredNumber("price-per-hour", 0, double.PositiveInfinity),
            Cores = Cores(s, cores),
            MemoryBytes = s.Bytes("memory") ?? 1,
            SpeedFactor = s.Number("speed", 0, double.PositiveInfinity) ?? 1,
            IsEmulated = s.Flag("emulated") ?? false,
            IsSourceOnly = s.Flag("source-only") ?? false,
            Ownership = s.Choice("ownership", ("on-demand", Ownership.OnDemand), ("owned", Ownership.Owned)) ?? Ownership.OnDemand,
        };
    }

    private static ImmutableArray<Worker> ReadWorkers(string name, SectionReader s) => Worker.Several(
        name,
        new WorkerTypeId(s.RequiredText("type", "one of jellybean.infrastructure.worker-types")),
        s.Integer("count", 1, 10_000) ?? 1,
        s.Text("host") is { } host ? new HostId(host) : null);

    private static TierLink ReadLink(SectionReader s)
    {
        s.RequiredText("bandwidth", "a bandwidth with its unit, as in 20 Mbit/s");
        return new TierLink
        {
            From = new Tier(s.RequiredText("from", "one of jellybean.infrastructure.tiers")),
            To = new Tier(s.RequiredText("to", "one of jellybean.infrastructure.tiers")),
            PricePerGib = s.Number("price-per-gib", 0, double.PositiveInfinity) ?? 0,
            BytesPerSecond = s.Bandwidth("bandwidth") ?? 1,
            RoundTrip = s.Duration("round-trip") ?? TimeSpan.Zero,
        };
    }

    private static double Cores(SectionReader s, double auto)
    {
        var text = s.RequiredText("cores", "a number above 0, or auto for this machine's");
        return text is "auto" or "" ? auto : s.Number("cores", double.Epsilon, double.PositiveInfinity, "a number above 0, or auto for this machine's") ?? auto;
    }

    private static List<T> Each<T>(SectionReader section, Func<string, SectionReader, T> read)
    {
        var result = new List<T>();
        foreach (var (name, below) in section.Sections())
        {
            if (below.IsPresent)
            {
                result.Add(read(name, below));
                below.RejectUnknown();
            }
        }

        return result;
    }
}
