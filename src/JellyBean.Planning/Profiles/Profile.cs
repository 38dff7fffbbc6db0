using System.Collections.Immutable;
using JellyBean.Workflows;

namespace JellyBean.Planning.Profiles;

/// <summary>What is known of a workflow's operators: time, memory, accuracy, sizes. Every figure was measured, or says that it was not.</summary>
public sealed record Profile
{
    /// <summary>The version of these records that this program reads.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The version of these records that it was written as.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>How the figures came about: command, data, date.</summary>
    public required string Provenance { get; init; }

    /// <summary>The machine that times without a worker type were measured on.</summary>
    public required MachineFingerprint Machine { get; init; }

    /// <summary>The fingerprint of the workflow and its program's build that was measured; null where it is not known.</summary>
    public string? Build { get; init; }

    /// <summary>How long runs take. Infer operators need rows per variant and batch size; input, merge and output may be left out where they cost nothing worth counting.</summary>
    public required ImmutableArray<ServiceTime> ServiceTimes { get; init; }

    /// <summary>How long runs take while the other cores are busy; a quick calibration measures none.</summary>
    public ImmutableArray<CoRunningTime> CoRunningTimes { get; init; } = [];

    /// <summary>What instances hold. Each profiled variant needs one; other operators may be left out where they hold nothing worth counting.</summary>
    public ImmutableArray<Footprint> Footprints { get; init; } = [];

    /// <summary>What operators send on; every operator needs one but outputs; infer operators may have one per variant.</summary>
    public required ImmutableArray<OutputProfile> Outputs { get; init; }

    /// <summary>What follows from variants for the operators behind their models; none where it was not measured.</summary>
    public ImmutableArray<Consequence> Consequences { get; init; } = [];

    /// <summary>Measured accuracies.</summary>
    public ImmutableArray<AccuracyRow> Accuracies { get; init; } = [];

    /// <summary>What failed while it was measured.</summary>
    public ImmutableArray<ProfileGap> Gaps { get; init; } = [];

    /// <summary>The profile as it is while given variants answer: rows of the operators behind them say what follows from them, as far as that was measured.</summary>
    /// <remarks>Behind several models, what follows from each of their variants counts as a factor: a detector that finds half as much, and an embedder whose vectors are twice as long.</remarks>
    public Profile Under(IEnumerable<VariantChoice> variants)
    {
        var chosen = variants.ToHashSet();
        var follows = Consequences.Where(c => chosen.Contains(c.Of)).ToLookup(c => c.Operator);
        return this with
        {
            ServiceTimes = [.. ServiceTimes.Select(t => t.WorkerType is null && t.Variant is null ? t with { ServiceMs = Under(t.ServiceMs, follows[t.Operator].Select(f => f.ServiceMs)) } : t)],
            Outputs =
            [
                .. Outputs.Select(o => o.Variant is not null ? o : o with
                {
                    ResultsPerElement = Under(o.ResultsPerElement, follows[o.Operator].Select(f => f.ResultsPerElement)),
                    MessageBytes = Under(o.MessageBytes, follows[o.Operator].Select(f => f.MessageBytes)),
                    KeptBytes = Under(o.KeptBytes, follows[o.Operator].Select(f => f.KeptBytes)),
                }),
            ],
        };

        static double Under(double row, IEnumerable<double> follows) => row > 0 ? follows.Aggregate(row, (value, own) => value * own / row) : row;
    }

    /// <summary>Everything that is wrong with the profile for this workflow: what was found, what is allowed and what to do. Empty where it can be planned with.</summary>
    public ImmutableArray<string> Validate(Workflow workflow) => ProfileValidation.Errors(this, workflow);
}
