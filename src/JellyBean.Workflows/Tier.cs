namespace JellyBean.Workflows;

/// <summary>A tier of machines. Its name is the cluster role of the nodes that serve it.</summary>
/// <param name="Name">Lower case, as in <c>edge</c>.</param>
public readonly record struct Tier(string Name)
{
    /// <summary>Cameras and boxes beside them.</summary>
    public static Tier Edge { get; } = new("edge");

    /// <summary>A machine on the site that serves several edge boxes.</summary>
    public static Tier Hub { get; } = new("hub");

    /// <summary>A small data centre near the site.</summary>
    public static Tier EdgeDataCentre { get; } = new("edge-dc");

    /// <summary>A public cloud region.</summary>
    public static Tier Cloud { get; } = new("cloud");

    /// <inheritdoc />
    public override string ToString() => Name;
}
