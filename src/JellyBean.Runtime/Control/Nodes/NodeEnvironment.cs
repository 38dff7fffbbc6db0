using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Security;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Nodes;

/// <summary>What surrounds a node: where it listens, how it is kept safe, and what it needs should it coordinate.</summary>
internal sealed record NodeEnvironment
{
    /// <summary>The name of the workflow that it has built.</summary>
    public string Workflow { get; init; } = "";

    /// <summary>Whether it joins a cluster whose coordinator has built something else.</summary>
    public bool IsBeside { get; init; }

    /// <summary>Where it logs.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>How patient it is.</summary>
    public LocalClusterOptions Options { get; init; } = new();

    /// <summary>Where its control system listens; port 0 lets the system choose.</summary>
    public NodeAddress Listen { get; init; } = new("127.0.0.1", 0);

    /// <summary>The host by which others reach it; the one it listens on unless set.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Proves it to the others; null for plaintext.</summary>
    public NodeCertificates? Certificates { get; init; }

    /// <summary>How many nodes of the cluster may coordinate, reachable or not.</summary>
    public int Coordinators { get; init; } = 1;

    /// <summary>How long heartbeats may fail to come before a node counts as unreachable.</summary>
    public TimeSpan HeartbeatPause { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How often nodes tell each other what they know: shorter joins and leaves faster, and costs more while nothing happens.</summary>
    public TimeSpan GossipInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Takes plans that are handed in by this process.</summary>
    public RunDesk Desk { get; init; } = new();

    /// <summary>Makes plans; null where they can only be handed in.</summary>
    public IClusterPlanner? Planner { get; init; }

    /// <summary>What commands may name.</summary>
    public CommandNames Names { get; init; } = CommandNames.None;

    /// <summary>Where it keeps its copy of what was decided.</summary>
    public IJournalStore Journal { get; init; } = new MemoryJournal();

    /// <summary>Cancelled when the node ends.</summary>
    public CancellationToken Stopping { get; init; }
}
