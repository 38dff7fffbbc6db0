using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>What can be planned with: the catalogue's tiers, types and links with the nodes that are there as its machines.</summary>
internal static class MemberCatalogue
{
    private const double LeastRest = 1e-3;

    /// <param name="catalogue">What is configured.</param>
    /// <param name="members">The nodes that are there.</param>
    /// <param name="taken">What other workflows have of them.</param>
    /// <returns>The catalogue, the configured type that each type made here is like, and what is said of nodes that the catalogue has no use for.</returns>
    public static (InfrastructureCatalogue Catalogue, ImmutableDictionary<WorkerTypeId, WorkerTypeId> Likes, ImmutableArray<string> Unused) Of(InfrastructureCatalogue catalogue, ImmutableArray<NodeDescription> members, ImmutableSortedDictionary<WorkerId, MachineShare> taken)
    {
        var types = catalogue.WorkerTypes.ToList();
        var likes = ImmutableDictionary<WorkerTypeId, WorkerTypeId>.Empty;
        var workers = ImmutableArray.CreateBuilder<Worker>();
        var unused = ImmutableArray.CreateBuilder<string>();
        foreach (var member in members.Select(m => Rest(m, taken.GetValueOrDefault(m.Worker))).OrderBy(m => m.Worker))
        {
            if (catalogue.WorkerTypes.FirstOrDefault(t => t.Id == member.Type) is not { } type)
            {
                unused.Add($"Node '{member.Worker}' is of type '{member.Type}', which catalogue '{catalogue.Name}' of the coordinator does not have; it is not used.");
                continue;
            }

            // A machine may be smaller than others of its type, and serve other tiers than they do; where others use it, it is paid already.
            var isPaid = taken.ContainsKey(member.Worker);
            if (isPaid || member.Cores < type.Cores || member.MemoryBytes < type.MemoryBytes || !member.AlsoServes.ToHashSet().SetEquals(type.AlsoServes))
            {
                var like = type.Id;
                type = type with
                {
                    Id = new WorkerTypeId(string.Create(CultureInfo.InvariantCulture, $"{like}-as-{member.Worker}")),
                    Cores = Math.Min(member.Cores, type.Cores),
                    MemoryBytes = Math.Min(member.MemoryBytes, type.MemoryBytes),
                    AlsoServes = member.AlsoServes,
                    PricePerHour = isPaid ? 0 : type.PricePerHour,
                };
                types.Add(type);
                likes = likes.Add(type.Id, like);
            }

            var host = catalogue.Workers.FirstOrDefault(w => w.Id == member.Worker)?.Host;
            workers.Add(new Worker { Id = member.Worker, Type = type.Id, Host = host });
        }

        return (catalogue with { WorkerTypes = [.. types], Workers = workers.ToImmutable() }, likes, unused.ToImmutable());
    }

    // One that is used up stays, with next to nothing: what may be nowhere else is then told by name.
    private static NodeDescription Rest(NodeDescription member, MachineShare taken) => member with
    {
        Cores = Math.Max(member.Cores - taken.Cores, member.Cores * LeastRest),
        MemoryBytes = Math.Max(member.MemoryBytes - taken.MemoryBytes, 1),
    };
}
