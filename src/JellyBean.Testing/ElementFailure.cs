using JellyBean.Workflows;

namespace JellyBean.Testing;

/// <summary>An element that an operator gave up. The rest went on.</summary>
/// <param name="Operator">Where; the input for an element that its source could not read.</param>
/// <param name="Source">The source of the element that it derives from.</param>
/// <param name="Number">That element's number, from 0.</param>
/// <param name="Id">The element's identity, as results carry it.</param>
/// <param name="Cause">What was thrown, or what the source said of a bad element.</param>
public sealed record ElementFailure(OperatorId Operator, SourceId Source, long Number, string Id, string Cause);
