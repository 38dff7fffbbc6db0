namespace JellyBean.Vision.Tests.Cameras;

/// <summary>Tests that count what belongs to the whole process, and so run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone in the process";
}
