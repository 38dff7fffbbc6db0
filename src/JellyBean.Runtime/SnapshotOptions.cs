namespace JellyBean.Runtime;

/// <summary>How often a run stores what it holds, so that it can go on after a crash, and where.</summary>
public sealed record SnapshotOptions
{
    /// <summary>The folder that snapshots are kept in.</summary>
    /// <value>
    /// A node's own, or one that several share. Where nodes have their own, each keeps a copy of another one's part, so that losing a machine loses no snapshot. It is
    /// made where it is missing; two complete snapshots are kept.
    /// </value>
    public required string Folder { get; init; }

    /// <summary>How long after one snapshot began the next one does.</summary>
    /// <value>100 milliseconds to 1 day; 10 seconds unless set. After a crash, at most about as much is done again. The first one is taken at once.</value>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a snapshot may take; then it is given up, and the next one is tried.</summary>
    /// <value>1 second to 1 day; 1 minute unless set.</value>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Everything that is wrong, with what is allowed; empty if nothing is.</summary>
    /// <returns>The option, what it is, and what it may be.</returns>
    public IEnumerable<(string Option, TimeSpan Found, string Allowed)> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] ranges =
        [
            (nameof(Every), Every, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
            (nameof(Deadline), Deadline, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        ];
        return ranges.Where(r => r.Value < r.Least || r.Value > r.Most).Select(r => (r.Name, r.Value, $"{r.Least} to {r.Most}"));
    }
}
