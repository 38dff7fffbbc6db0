namespace JellyBean.Runtime.Snapshots;

/// <summary>A snapshot cannot be taken or restored.</summary>
internal sealed class SnapshotException : Exception
{
    /// <summary>Says what was found, what was expected and what to do.</summary>
    public SnapshotException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="SnapshotException(string)" />
    public SnapshotException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
