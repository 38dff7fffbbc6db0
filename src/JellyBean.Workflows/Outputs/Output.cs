namespace JellyBean.Workflows.Outputs;

/// <summary>A place where results leave a workflow. Which sink takes them is the program's choice.</summary>
/// <typeparam name="T">What a result carries.</typeparam>
/// <param name="name">Stable: configuration and plans refer to it.</param>
public sealed class Output<T>(string name)
    where T : notnull
{
    /// <summary>The output's name.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));
}
