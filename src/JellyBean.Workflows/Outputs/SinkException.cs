namespace JellyBean.Workflows.Outputs;

/// <summary>A sink cannot be opened or written.</summary>
public sealed class SinkException : Exception
{
    /// <summary>Says what was found, what was expected and what to do.</summary>
    public SinkException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="SinkException(string)" />
    public SinkException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
