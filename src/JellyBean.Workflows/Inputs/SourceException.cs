namespace JellyBean.Workflows.Inputs;

/// <summary>A source cannot be read: it is missing, empty, not understood, or refuses.</summary>
public sealed class SourceException : Exception
{
    /// <summary>Says what was found, what was expected and what to do.</summary>
    public SourceException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="SourceException(string)" />
    public SourceException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
