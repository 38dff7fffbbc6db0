namespace JellyBean.ModelFactory;

/// <summary>A model or package is not what it should be: damaged, incomplete or of a kind the factory does not convert.</summary>
/// <remarks>The message says what was found, what was expected and what to do.</remarks>
public sealed class ModelFormatException : Exception
{
    /// <summary>An error without a further cause.</summary>
    /// <param name="message">What was found, what was expected, what to do.</param>
    public ModelFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An error with the exception that led to it.</summary>
    /// <param name="message">What was found, what was expected, what to do.</param>
    /// <param name="cause">The exception that led to it.</param>
    public ModelFormatException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
