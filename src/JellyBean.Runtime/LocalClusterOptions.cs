using JellyBean.Planning.Replanning;

namespace JellyBean.Runtime;

/// <summary>How the nodes of one process find each other and how patiently they wait.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>How long the nodes may take to form a cluster and to be welcomed by the coordinator.</summary>
    /// <value>1 second to 10 minutes; 20 seconds unless set. Past it, starting fails and says which nodes are missing.</value>
    public TimeSpan JoinDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long every node together may take to compile its fragment and load its variants.</summary>
    /// <value>1 second to 1 hour; 2 minutes unless set. Past it, the run fails and says which nodes have not answered.</value>
    public TimeSpan DeployDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long what was admitted may take to be processed once the sources were told to stop.</summary>
    /// <value>1 second to 1 day; 1 minute unless set. Past it, the run fails and says which nodes were not done.</value>
    public TimeSpan DrainDeadline { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a node that was told to end goes on where nobody can take over what it runs: where no plan fits without it, or nobody coordinates.</summary>
    /// <value>1 second to 1 hour; 10 seconds unless set. Past it, a last snapshot is taken if somebody coordinates, for at most <see cref="StopDeadline"/>, and the node ends. While its part is moving, it waits for <see cref="DrainDeadline"/>.</value>
    public TimeSpan LeaveDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a node may stay silent while a run is on.</summary>
    /// <value>At least 4 report intervals, at most 1 hour; 15 seconds unless set. Past it, the run fails and names the node.</value>
    public TimeSpan SilenceDeadline { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long leaving the cluster and stopping may take.</summary>
    /// <value>1 second to 10 minutes; 10 seconds unless set. Past it, what is left is terminated without goodbye.</value>
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often nodes report their meters.</summary>
    /// <value>50 milliseconds to 1 minute; 500 milliseconds unless set. Shorter shows more and costs more.</value>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a run stores what it holds, and where.</summary>
    /// <value>Null unless set: no snapshots are taken, and a run that crashes begins anew.</value>
    public SnapshotOptions? Snapshots { get; init; }

    /// <summary>How a run follows what arrives.</summary>
    /// <value>Null unless set: what the plan says runs until there is another plan.</value>
    public AdaptationOptions? Adaptation { get; init; }

    /// <summary>When runs whose plans are made here are planned anew for what is measured.</summary>
    /// <value>Null unless set: only when nodes come and go, or somebody asks.</value>
    public ReplanOptions? Replanning { get; init; }

    /// <summary>HOCON that overrides the settings of the nodes' control systems.</summary>
    /// <value>Empty unless set. Roles, addresses and serializers cannot be overridden.</value>
    public string ControlSettings { get; init; } = "";

    /// <summary>How often nodes report: as often as somebody looks.</summary>
    internal TimeSpan ReportsEvery => Adaptation is { } adaptation && adaptation.Every < ReportInterval ? adaptation.Every : ReportInterval;

    /// <summary>Everything that is wrong, with what is allowed; empty if nothing is.</summary>
    /// <returns>The option, what it is, and what it may be.</returns>
    public IEnumerable<(string Option, TimeSpan Found, string Allowed)> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] ranges =
        [
            (nameof(JoinDeadline), JoinDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            (nameof(DeployDeadline), DeployDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(DrainDeadline), DrainDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            (nameof(LeaveDeadline), LeaveDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(SilenceDeadline), SilenceDeadline, 4 * ReportInterval, TimeSpan.FromHours(1)),
            (nameof(StopDeadline), StopDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            (nameof(ReportInterval), ReportInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
        ];
        return ranges.Where(r => r.Value < r.Least || r.Value > r.Most).Select(r => (r.Name, r.Value, $"{r.Least} to {r.Most}"))
            .Concat((Adaptation?.Problems() ?? []).Select(p => p with { Option = $"{nameof(Adaptation)}.{p.Option}" }))
            .Concat((Snapshots?.Problems() ?? []).Select(p => p with { Option = $"{nameof(Snapshots)}.{p.Option}" }));
    }
}
