using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Infrastructure;

/// <summary>The machines that a plan may use, what they cost and how they are connected.</summary>
public sealed record InfrastructureCatalogue
{
    /// <summary>Its name, for reports.</summary>
    public required string Name { get; init; }

    /// <summary>What prices are in, as in <c>USD</c>.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>The tiers, nearest to the sources first.</summary>
    public required ImmutableArray<Tier> Tiers { get; init; }

    /// <summary>The kinds of machines.</summary>
    public required ImmutableArray<WorkerType> WorkerTypes { get; init; }

    /// <summary>The machines.</summary>
    public required ImmutableArray<Worker> Workers { get; init; }

    /// <summary>The physical machines that workers share; empty where each has its own.</summary>
    public ImmutableArray<SharedHost> Hosts { get; init; } = [];

    /// <summary>The connections between tiers, each in one direction.</summary>
    public ImmutableArray<TierLink> Links { get; init; } = [];

    /// <summary>The type of a machine.</summary>
    /// <exception cref="KeyNotFoundException">The catalogue has no such machine.</exception>
    public WorkerType TypeOf(WorkerId worker)
    {
        var found = Workers.FirstOrDefault(w => w.Id == worker)
            ?? throw new KeyNotFoundException($"Catalogue '{Name}' has no worker '{worker}'; it has {string.Join(", ", Workers.Select(w => w.Id))}.");
        return WorkerTypes.First(t => t.Id == found.Type);
    }

    /// <summary>The tier that a machine stands in.</summary>
    /// <exception cref="KeyNotFoundException">The catalogue has no such machine.</exception>
    public Tier TierOf(WorkerId worker) => TypeOf(worker).Tier;

    /// <summary>The connection from one tier to another; null where there is none, or where they are the same.</summary>
    public TierLink? LinkBetween(Tier from, Tier to) => Links.FirstOrDefault(l => l.From == from && l.To == to);

    /// <summary>Whether traffic from one tier to another leads away from the sources, or stays.</summary>
    public bool IsForward(Tier from, Tier to) => Tiers.IndexOf(to) >= Tiers.IndexOf(from);

    /// <summary>Everything that is wrong with the catalogue: what was found, what is allowed and what to do. Empty where it can be planned with.</summary>
    public ImmutableArray<string> Validate() => CatalogueValidation.Errors(this);
}
