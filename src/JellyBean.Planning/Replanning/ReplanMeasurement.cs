using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Replanning;

/// <summary>What a running plan shows.</summary>
/// <param name="Rates">What sources offer, elements per second, before anything is dropped.</param>
/// <param name="Services">How long runs take.</param>
public sealed record ReplanMeasurement(ImmutableArray<MeasuredRate> Rates, ImmutableArray<MeasuredService> Services)
{
    /// <summary>How long small messages take there and back, between tiers.</summary>
    public ImmutableArray<MeasuredLink> Links { get; init; } = [];

    /// <summary>What is carried between tiers.</summary>
    public ImmutableArray<MeasuredTraffic> Traffic { get; init; } = [];
}

/// <summary>What a source offers.</summary>
/// <param name="Source">The source.</param>
/// <param name="PerSecond">Elements per second.</param>
public readonly record struct MeasuredRate(SourceId Source, double PerSecond);

/// <summary>How long runs of a variant take, compared with what was profiled for the machine that they were measured on.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variant">The variant of its model.</param>
/// <param name="Ratio">Measured to profiled; above 0.</param>
public readonly record struct MeasuredService(OperatorId Operator, string Variant, double Ratio);

/// <summary>How long a small message takes over a link, there and back.</summary>
/// <param name="From">The tier that sends.</param>
/// <param name="To">The tier that receives.</param>
/// <param name="RoundTrip">The median.</param>
public readonly record struct MeasuredLink(Tier From, Tier To, TimeSpan RoundTrip);

/// <summary>What is carried from one tier to another, by all machines of the two together.</summary>
/// <param name="From">The tier that sends.</param>
/// <param name="To">The tier that receives.</param>
/// <param name="BytesPerSecond">What is delivered.</param>
/// <param name="IsFull">Whether that is all that can be: what queues is more than an empty line holds.</param>
public readonly record struct MeasuredTraffic(Tier From, Tier To, double BytesPerSecond, bool IsFull);

/// <summary>What could be carried from one tier to another when that was seen last.</summary>
/// <param name="BytesPerSecond">By all machines of the two together.</param>
/// <param name="At">When.</param>
public readonly record struct MeasuredBandwidth(double BytesPerSecond, TimeSpan At);
