namespace JellyBean.Hosting.Configuration;

/// <summary>What the user gave cannot be used. All that is wrong is in it.</summary>
internal sealed class BadInputException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public BadInputException(string error)
        : this([error])
    {
    }

    public IReadOnlyList<string> Errors { get; } = errors;
}
