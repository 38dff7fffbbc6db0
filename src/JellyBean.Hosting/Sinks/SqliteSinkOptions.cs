namespace JellyBean.Hosting.Sinks;

/// <summary>How a <see cref="SqliteSink{T}"/> keeps results.</summary>
public sealed record SqliteSinkOptions
{
    /// <summary>The table that takes the results.</summary>
    /// <value>The result type's name in snake case, as in <c>person_seen</c>, unless set.</value>
    public string? Table { get; init; }

    /// <summary>Whether a new run begins with an empty table.</summary>
    /// <value>
    /// False unless set: results with the same ids replace earlier ones, others stay. If true, a run that begins anew removes results and positions, whoever wrote them, and fences
    /// whoever still does; one that goes on after a crash, or takes the place of another version, does not.
    /// </value>
    public bool StartsEmpty { get; init; }

    /// <summary>How long a write waits for another program that holds the database.</summary>
    /// <value>1 second to 10 minutes; 10 seconds unless set.</value>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
