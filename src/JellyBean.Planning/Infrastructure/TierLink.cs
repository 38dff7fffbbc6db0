using JellyBean.Workflows;

namespace JellyBean.Planning.Infrastructure;

/// <summary>The connection from one tier to another, in one direction. Where there is none, nothing may be sent that way.</summary>
/// <remarks>Traffic inside a tier is free and not limited. Tiers are linked directly: no plan relays through a third.</remarks>
public sealed record TierLink
{
    /// <summary>The tier that sends.</summary>
    public required Tier From { get; init; }

    /// <summary>The tier that receives.</summary>
    public required Tier To { get; init; }

    /// <summary>Price of sending a GiB (2^30 bytes), in the catalogue's currency.</summary>
    /// <value>0 or more; 0 unless set.</value>
    public double PricePerGib { get; init; }

    /// <summary>Most bytes per second, for all machines of the two tiers together.</summary>
    /// <value>Above 0.</value>
    public required double BytesPerSecond { get; init; }

    /// <summary>Time there and back of a small message.</summary>
    /// <value>Zero or more; zero unless set.</value>
    public TimeSpan RoundTrip { get; init; }
}
