using System.Globalization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>What comes of it when a node ends, for whoever ends it.</summary>
internal static class LeaveText
{
    /// <param name="node">The node.</param>
    /// <param name="coordinates">Whether it coordinates the cluster.</param>
    /// <param name="options">How patient it is, and how many may coordinate.</param>
    public static string Of(NodeDescription node, bool coordinates, ClusterNodeOptions options)
    {
        var (patience, snapshots) = (options.Patience, options.Patience.Snapshots is not null);
        var part = node.Tier is null
            ? "nothing runs on it"
            : $"what it runs moves to other nodes, within {Seconds(patience.DrainDeadline)}; where none can take it, it goes on for {Seconds(patience.LeaveDeadline)} and ends{(snapshots ? " behind a last snapshot" : "")}";
        var lead = (coordinates, options.Coordinators > 1) switch
        {
            (false, _) => "",
            (true, true) => " Another node coordinates then.",
            (true, false) => " What runs on other nodes goes on; nobody coordinates until it is back.",
        };
        return $"Node '{node.Worker}' leaves: {part}.{lead}";
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
