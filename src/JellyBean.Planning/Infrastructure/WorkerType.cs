using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Infrastructure;

/// <summary>A kind of machine: where it stands, what it costs and how fast it is.</summary>
public sealed record WorkerType
{
    /// <summary>Its stable name.</summary>
    public required WorkerTypeId Id { get; init; }

    /// <summary>The tier that machines of this type stand in.</summary>
    /// <remarks>It says how they are connected: what leaves them takes the links of that tier.</remarks>
    public required Tier Tier { get; init; }

    /// <summary>Other tiers whose operators and sources they serve, too, with the same cores, memory and price.</summary>
    /// <value>None unless set.</value>
    public ImmutableArray<Tier> AlsoServes { get; init; } = [];

    /// <summary>Price of one machine for an hour, in the catalogue's currency. A machine that is used at all is paid whole.</summary>
    public required double PricePerHour { get; init; }

    /// <summary>Cores that one machine can keep busy.</summary>
    /// <value>Above 0.</value>
    public required double Cores { get; init; }

    /// <summary>Memory that loaded variants and states may take on one machine, in bytes.</summary>
    /// <value>Above 0.</value>
    public required long MemoryBytes { get; init; }

    /// <summary>How fast one core is, relative to the machine that the profile was measured on.</summary>
    /// <value>Above 0; 1 unless set. 0.5 takes twice the time. At most 1 where <see cref="IsEmulated"/>.</value>
    public double SpeedFactor { get; init; } = 1;

    /// <summary>Whether its speed is made by added delay on a faster machine, rather than being the machine's own.</summary>
    /// <remarks>Plans label it. The delay keeps no core busy: on a shared host only the time at full speed counts.</remarks>
    public bool IsEmulated { get; init; }

    /// <summary>Whether no operators but inputs run on it: a camera or a gateway that only offers its sources' elements.</summary>
    /// <value>False unless set. Profiles need no service times for such machines.</value>
    public bool IsSourceOnly { get; init; }

    /// <summary>Who owns machines of this type.</summary>
    /// <value><see cref="Infrastructure.Ownership.OnDemand"/> unless set.</value>
    public Ownership Ownership { get; init; } = Ownership.OnDemand;

    /// <summary>Whether operators and sources of a tier may be on such machines.</summary>
    public bool Serves(Tier tier) => tier == Tier || AlsoServes.Contains(tier);
}
