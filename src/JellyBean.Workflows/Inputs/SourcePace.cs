namespace JellyBean.Workflows.Inputs;

/// <summary>How a source keeps to a pace of its own, though it may be made to wait.</summary>
/// <param name="PerSecond">Elements per second that it would give if nobody made it wait.</param>
/// <param name="Behind">For how long the element has been due that it could not give yet; zero while it keeps up.</param>
public readonly record struct SourcePace(double PerSecond, TimeSpan Behind);
