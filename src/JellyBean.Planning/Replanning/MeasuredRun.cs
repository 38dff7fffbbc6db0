using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>How long runs of a variant took on a worker, from the useful time that was measured there.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variant">The variant of its model.</param>
/// <param name="Worker">The machine.</param>
/// <param name="BatchSize">Mean elements in a run.</param>
/// <param name="MeanMs">Mean milliseconds of a run.</param>
public readonly record struct MeasuredRun(OperatorId Operator, string Variant, WorkerId Worker, double BatchSize, double MeanMs);
