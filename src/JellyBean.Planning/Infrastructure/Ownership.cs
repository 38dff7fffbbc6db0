namespace JellyBean.Planning.Infrastructure;

/// <summary>Whether giving up a machine saves money.</summary>
public enum Ownership
{
    /// <summary>Rented by the hour: given back, it costs nothing.</summary>
    OnDemand,

    /// <summary>Bought: its price is the amortised cost, which goes on whether it is used or not.</summary>
    Owned,
}
