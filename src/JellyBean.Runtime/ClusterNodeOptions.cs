using System.Collections.Immutable;
using System.Net;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Security;

namespace JellyBean.Runtime;

/// <summary>Where a node listens, whom it joins and how it is kept safe.</summary>
public sealed record ClusterNodeOptions
{
    /// <summary>Where control listens.</summary>
    /// <value>127.0.0.1 and any free port unless set: nothing outside this machine can connect.</value>
    public NodeAddress Listen { get; init; } = new("127.0.0.1", 0);

    /// <summary>The host by which others reach this node, where it is not the one it listens on.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Nodes of the cluster, at least one of which is asked for the way in.</summary>
    /// <value>
    /// Empty for a node that begins a cluster. Where several nodes may coordinate, each is given the same list of all of them: the first
    /// begins a cluster if none of the others is in one.
    /// </value>
    public ImmutableArray<NodeAddress> Join { get; init; } = [];

    /// <summary>How many nodes of the cluster may coordinate, whether they run or not; every node is given the same number.</summary>
    /// <value>1, 3, 5 or 7; 1 unless set. What is decided is kept by more than half of them: 3 survive the loss of one.</value>
    public int Coordinators { get; init; } = 1;

    /// <summary>Whether the node joins a cluster whose coordinator has built something else: another workflow, or another version of this one.</summary>
    /// <value>False unless set: then such a cluster refuses it, with both fingerprints. Its workflow is coordinated beside the others and planned by a node with <see cref="NodeDescription.IsPlanner"/>.</value>
    public bool IsBeside { get; init; }

    /// <summary>Where a node that may coordinate keeps what was decided; null to forget it with the process. Disposed with the node.</summary>
    public IJournalStore? Journal { get; init; }

    /// <summary>What the node proves itself with; null for plaintext. Not disposed with the node.</summary>
    public NodeCertificates? Certificates { get; init; }

    /// <summary>Whether plaintext may leave this machine.</summary>
    /// <value>False unless set: without certificates, only loopback is listened on. True lets anyone on the network command the node.</value>
    public bool AllowsPlaintext { get; init; }

    /// <summary>How links listen, how much they hold and how patient they are.</summary>
    /// <value>Where its hosts are not set, links listen and are reached where control is.</value>
    public LinkOptions Links { get; init; } = new();

    /// <summary>How patiently nodes wait for each other.</summary>
    public LocalClusterOptions Patience { get; init; } = new();

    /// <summary>How links listen, once what is said of control is taken over.</summary>
    internal LinkOptions LinksToListen => Links with
    {
        Host = Links.Host == new LinkOptions().Host ? Listen.Host : Links.Host,
        AdvertisedHost = Links.AdvertisedHost ?? AdvertisedHost,
        AllowsPlaintext = AllowsPlaintext,
    };

    /// <summary>Everything that is wrong, with what is allowed; empty if nothing is.</summary>
    /// <param name="node">Whose options they are.</param>
    public IEnumerable<string> Problems(NodeDescription node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!IPAddress.TryParse(Listen.Host, out var address))
        {
            yield return $"The node is to listen at '{Listen}'; allowed is an IP address of this machine and a port, as in 127.0.0.1:4711.";
        }
        else
        {
            if (AdvertisedHost is null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            {
                yield return $"The node is to listen at '{Listen}', every address of this machine; then it must be said by which host others reach it.";
            }

            if (!IPAddress.IsLoopback(address) && Certificates is null && !AllowsPlaintext)
            {
                yield return $"The node is to listen at '{Listen}', which others can reach, but has no certificates. Give it some (the command 'certificates' makes them), or allow plaintext.";
            }
        }

        if (AdvertisedHost is not null && Uri.CheckHostName(AdvertisedHost) == UriHostNameType.Unknown)
        {
            yield return $"Others are to reach the node by '{AdvertisedHost}'; allowed is a host name or an IP address.";
        }

        if (Coordinators is not (1 or 3 or 5 or 7))
        {
            yield return $"{Coordinators} nodes may coordinate; allowed are 1, 3, 5, 7.";
        }

        if (Join.IsEmpty && !node.IsCoordinator)
        {
            yield return $"Node '{node.Worker}' may not coordinate, and has nobody to join. Name a node of the cluster.";
        }

        if (Join.IsEmpty && Coordinators > 1)
        {
            yield return $"{Coordinators} nodes may coordinate, but the node has nobody to join. Give each of them the same list of all of them.";
        }

        foreach (var join in Join.Where(j => j.Port == 0))
        {
            yield return $"The node is to join '{join}'; allowed is a host and a port from 1 to 65535.";
        }

        if (node.IsPlanner && node.IsCoordinator)
        {
            yield return $"Node '{node.Worker}' is planner and coordinator; allowed: one of them. A node that coordinates makes the plans of its own workflow anyway.";
        }

        if (node.Tier is null && !node.IsCoordinator && !node.IsPlanner)
        {
            yield return $"Node '{node.Worker}' has no role. Give it a tier, or let it coordinate or plan.";
        }

        foreach (var (option, found, allowed) in Links.Problems())
        {
            yield return $"{nameof(Links)}.{option} is {found}; allowed is {allowed}.";
        }

        foreach (var (option, found, allowed) in Patience.Problems())
        {
            yield return $"{option} is {found}; allowed is {allowed}.";
        }
    }
}
