namespace JellyBean.Workflows.Models;

/// <summary>A variant cannot be loaded: its file is missing or damaged, its shapes do not fit, or the device lacks something.</summary>
public sealed class ModelLoadException : Exception
{
    /// <summary>Says what was found, what was expected and what to do.</summary>
    public ModelLoadException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="ModelLoadException(string)" />
    public ModelLoadException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
