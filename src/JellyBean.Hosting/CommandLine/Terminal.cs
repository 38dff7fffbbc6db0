namespace JellyBean.Hosting.CommandLine;

/// <summary>Where answers and messages go.</summary>
/// <param name="Output">Answers.</param>
/// <param name="Error">Messages.</param>
/// <param name="IsInteractive">Whether a person watches both, so that a line may be written over.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool IsInteractive)
{
    /// <summary>The process's own.</summary>
    public static Terminal OfProcess { get; } = new(Console.Out, Console.Error, !Console.IsOutputRedirected && !Console.IsErrorRedirected);
}
