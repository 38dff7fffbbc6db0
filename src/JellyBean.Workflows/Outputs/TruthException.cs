namespace JellyBean.Workflows.Outputs;

/// <summary>A truth file cannot be used, or does not fit the sources that it is held against.</summary>
public sealed class TruthException : Exception
{
    /// <summary>Says what was found, what was expected and what to do.</summary>
    public TruthException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="TruthException(string)" />
    public TruthException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
