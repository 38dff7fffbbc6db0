using System.Collections.Immutable;

namespace JellyBean.Planning;

/// <summary>Named combinations of freedoms, for comparison with the published planner (JellyBean, VLDB 2023). All of them let workers be fully busy and divide joins by key.</summary>
public static class PlanningModes
{
    /// <summary>The published rules: one operator per worker, nothing goes back, every worker sends to every worker of the next operator.</summary>
    public static PlanningOptions P1 { get; } = new()
    {
        UtilisationCap = 1,
        AllowKeySplits = true,
        Sharing = WorkerSharing.Exclusive,
        AllowBackwardTraffic = false,
        Routing = Routing.Proportional,
    };

    /// <summary><see cref="P1"/> with free routing.</summary>
    public static PlanningOptions Route { get; } = P1 with { Routing = Routing.Free };

    /// <summary><see cref="Route"/>, and traffic may go back at the link's price.</summary>
    public static PlanningOptions Back { get; } = Route with { AllowBackwardTraffic = true };

    /// <summary><see cref="P1"/> with workers that operators share.</summary>
    public static PlanningOptions Share { get; } = P1 with { Sharing = WorkerSharing.TimeShared };

    /// <summary>Every freedom.</summary>
    public static PlanningOptions All { get; } = Back with { Sharing = WorkerSharing.TimeShared };

    /// <summary>The modes by name: P1, ROUTE, BACK, SHARE, ALL.</summary>
    public static ImmutableSortedDictionary<string, PlanningOptions> ByName { get; } = new Dictionary<string, PlanningOptions>
    {
        ["P1"] = P1,
        ["ROUTE"] = Route,
        ["BACK"] = Back,
        ["SHARE"] = Share,
        ["ALL"] = All,
    }.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase);
}
