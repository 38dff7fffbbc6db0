namespace JellyBean.Workflows.Flows;

/// <summary>How elements get their key, and whether different keys may live on different instances.</summary>
internal sealed record KeySelector<T>(Func<T, string> Key, bool IsPartitionable)
    where T : notnull;
