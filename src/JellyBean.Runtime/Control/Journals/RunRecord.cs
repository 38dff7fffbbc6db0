using System.Collections.Immutable;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Telemetry;
using MessagePack;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>What the next coordinator must know: which run is wanted, and the plan that is in force for it.</summary>
internal sealed record RunRecord
{
    private const int MostHistoryBytes = 16 * 1024;
    private const int MostHeardBytes = 8 * 1024;
    private const int HeaderBytes = 2 * 1024;
    private const int MostMeasurements = 8;

    public static RunRecord Empty { get; } = new();

    /// <summary>The highest epoch that was given to a plan.</summary>
    public long Epoch { get; init; }

    /// <summary>The run that is wanted; empty if none is.</summary>
    public string RunId { get; init; } = "";

    /// <summary>The text of the plan in force; empty before the first.</summary>
    public string Plan { get; init; } = "";

    /// <summary>The text of the plan whose place that one takes while elements flow; empty once it has.</summary>
    public string Former { get; init; } = "";

    /// <summary>Whether the run's sources were told to stop.</summary>
    public bool IsDraining { get; init; }

    /// <summary>What the plan does not do of what was asked.</summary>
    public ImmutableArray<string> Shortfalls { get; init; } = [];

    /// <summary>The last snapshot that is complete; null where there is none.</summary>
    public long? Snapshot { get; init; }

    /// <summary>What people have decided.</summary>
    public Orders Orders { get; init; } = Orders.None;

    /// <summary>What crashes have cost the run that is wanted.</summary>
    public Losses Losses { get; init; } = Losses.None;

    /// <summary>What its nodes had reported last of live sources, and of how far outputs had settled them; empty where that takes too much room.</summary>
    public ImmutableArray<FragmentReport> Heard { get; init; } = [];

    /// <summary>Which of its sources another version reads.</summary>
    public Custody Custody { get; init; } = Custody.None;

    /// <summary>The version whose place this one takes; null if none.</summary>
    public Upgrade? Upgrade { get; init; }

    /// <summary>Its parts, and who has them.</summary>
    public ImmutableArray<SnapshotReceipt> Parts { get; init; } = [];

    /// <summary>The run that has ended last; empty before the first.</summary>
    public string EndedRunId { get; init; } = "";

    /// <summary>Why that one failed; null if it did not.</summary>
    public string? EndedFailure { get; init; }

    /// <summary>What was decided, the latest last: as many as there was room for.</summary>
    public ImmutableArray<Decision> Decisions { get; init; } = [];

    /// <summary>With as many of the latest decisions as fit beside the rest.</summary>
    public RunRecord With(ImmutableArray<Decision> decisions)
    {
        var bare = this with { Decisions = [] };
        bare = Heard.Sum(report => Wire.Write(report, ReportFormat.Write).Length) > MostHeardBytes ? bare with { Heard = [] } : bare;
        var room = Math.Min(MostHistoryBytes, ControlProtocol.MaxBytes - HeaderBytes - bare.ToBytes().Length);
        return bare with { Decisions = DecisionFormat.Latest(decisions.Select(Short), room) };
    }

    // What was measured is only told by the coordinator that measured it.
    private static Decision Short(Decision decision) => decision with { Measurements = [.. decision.Measurements.Take(MostMeasurements)] };

    public bool Equals(RunRecord? other) => other is not null
        && (Epoch, RunId, Plan, Former, IsDraining, Snapshot, EndedRunId, EndedFailure) == (other.Epoch, other.RunId, other.Plan, other.Former, other.IsDraining, other.Snapshot, other.EndedRunId, other.EndedFailure)
        && Shortfalls.SequenceEqual(other.Shortfalls)
        && Orders.Equals(other.Orders)
        && Parts.SequenceEqual(other.Parts)
        && Decisions.SequenceEqual(other.Decisions)
        && Losses.Equals(other.Losses)
        && Heard.SequenceEqual(other.Heard)
        && Custody.Equals(other.Custody)
        && (Upgrade is null ? other.Upgrade is null : Upgrade.IsWrittenAs(other.Upgrade));

    public override int GetHashCode() => HashCode.Combine(Epoch, RunId, IsDraining, EndedRunId);

    public byte[] ToBytes() => Wire.Write(this, static (ref MessagePackWriter writer, RunRecord value) =>
    {
        writer.WriteArrayHeader(16);
        writer.Write(value.Epoch);
        writer.Write(value.RunId);
        writer.Write(value.Plan);
        writer.Write(value.IsDraining);
        Wire.WriteMany(ref writer, value.Shortfalls, Wire.WriteText);
        writer.Write(value.EndedRunId);
        writer.Write(value.EndedFailure);
        Wire.WriteOrNull(ref writer, value.Snapshot);
        Orders.Write(ref writer, value.Orders);
        SnapshotFormat.Write(ref writer, value.Parts);
        writer.Write(value.Former);
        DecisionFormat.Write(ref writer, value.Decisions);
        LossesFormat.Write(ref writer, value.Losses);
        Custody.Write(ref writer, value.Custody);
        Wire.WriteOrNull(ref writer, value.Upgrade, Upgrade.Write);
        Wire.WriteMany(ref writer, value.Heard, ReportFormat.Write);
    });

    /// <exception cref="System.Runtime.Serialization.SerializationException">The bytes are no such record.</exception>
    public static RunRecord FromBytes(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? Empty : Wire.Read(bytes, static (ref MessagePackReader reader) =>
    {
        var unknown = Wire.Begin(ref reader, 8);
        var value = new RunRecord
        {
            Epoch = reader.ReadInt64(),
            RunId = Wire.ReadText(ref reader),
            Plan = Wire.ReadText(ref reader),
            IsDraining = reader.ReadBoolean(),
            Shortfalls = Wire.ReadMany(ref reader, Wire.ReadText),
            EndedRunId = Wire.ReadText(ref reader),
            EndedFailure = reader.ReadString(),
            Snapshot = Wire.ReadIntegerOrNull(ref reader),
        };

        // Written by a program that knew no commands.
        if (unknown > 0)
        {
            value = value with { Orders = Orders.Read(ref reader) };
            unknown--;
        }

        // Written by one whose nodes shared a folder.
        if (unknown > 0)
        {
            value = value with { Parts = SnapshotFormat.ReadParts(ref reader) };
            unknown--;
        }

        // Written by one whose plans began anew.
        if (unknown > 0)
        {
            value = value with { Former = Wire.ReadText(ref reader) };
            unknown--;
        }

        // Written by one whose history ended with it.
        if (unknown > 0)
        {
            value = value with { Decisions = DecisionFormat.ReadMany(ref reader) };
            unknown--;
        }

        // Written by one that did not tell them.
        if (unknown > 0)
        {
            value = value with { Losses = LossesFormat.Read(ref reader) };
            unknown--;
        }

        // Written by one that handed nothing over.
        if (unknown > 1)
        {
            value = value with { Custody = Custody.Read(ref reader), Upgrade = Wire.ReadOrNull(ref reader, Upgrade.Read) };
            unknown -= 2;
        }

        // Written by one that forgot what it had heard.
        if (unknown > 0)
        {
            value = value with { Heard = Wire.ReadMany(ref reader, ReportFormat.Read) };
            unknown--;
        }

        Wire.End(ref reader, unknown);
        return value;
    });
}
