using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Optimizer.Heuristics;

/// <summary>What the published beam search knows of an operator: for each variant the accuracies that came out for accuracies that went in, and a cost in one number.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Inputs">The operators whose accuracies go in, in the order of the samples.</param>
/// <param name="Variants">Its variants.</param>
public sealed record OperatorSamples(OperatorId Operator, ImmutableArray<OperatorId> Inputs, ImmutableArray<VariantSamples> Variants);

/// <summary>A variant's samples.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Cost">Its cost in one number, whatever the machine.</param>
/// <param name="Samples">Accuracies in and out.</param>
public sealed record VariantSamples(string Variant, double Cost, ImmutableArray<AccuracySample> Samples);

/// <summary>An accuracy that came out.</summary>
/// <param name="Inputs">Accuracies that went in; empty for an operator that takes from sources.</param>
/// <param name="Output">The accuracy that came out.</param>
public sealed record AccuracySample(ImmutableArray<double> Inputs, double Output);
