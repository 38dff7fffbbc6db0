using JellyBean.Workflows;

namespace JellyBean.Runtime.Sources;

/// <summary>Where a source goes on that another version of the workflow has read meanwhile.</summary>
/// <param name="Source">The source.</param>
/// <param name="Number">The first number that is read here: those before were read there.</param>
/// <param name="First">That number less those that were read here before: what is offered counts from there.</param>
internal sealed record SourceStart(SourceId Source, long Number, long First);
