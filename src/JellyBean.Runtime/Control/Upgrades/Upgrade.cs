using System.Collections.Immutable;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Upgrades;

/// <summary>How far a version is in taking the place of another one. The numbers are written to the journal: new steps are added at the end.</summary>
internal enum UpgradeStep
{
    /// <summary>It is planned, deployed and started, with every source held up.</summary>
    Preparing,

    /// <summary>Sources are handed over, one after the other.</summary>
    HandingOver,

    /// <summary>It reads all of them; the other one finishes what it had admitted.</summary>
    Retiring,

    /// <summary>Something went wrong: the other one gets back what it had given.</summary>
    Undoing,
}

/// <summary>A version takes the place of another one. It belongs to the one that takes, and is kept in its journal.</summary>
internal sealed record Upgrade
{
    /// <summary>The command's id, and that of the run it begins.</summary>
    public required string Id { get; init; }

    /// <summary>The command, for whoever asks what became of it.</summary>
    public required string Command { get; init; }

    /// <summary>The fingerprint of the version whose place it takes.</summary>
    public required string From { get; init; }

    public UpgradeStep Step { get; init; }

    /// <summary>The sources that the other one reads, in the order in which they are handed over; empty until it has told them.</summary>
    public ImmutableArray<SourceId> Sources { get; init; } = [];

    /// <summary>Why it is undone; empty if it is not.</summary>
    public string Problem { get; init; } = "";

    /// <summary>The source that is being handed over. Not written down, as everything below: the next coordinator finds it again.</summary>
    public SourceId? InHand { get; init; }

    /// <summary>When the step began, or the source in hand was asked for.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>Counts the steps: what the other version had answered to an earlier one says nothing about this.</summary>
    public long Turn { get; init; }

    /// <summary>Whether what was not held up, or has not ended, in time is waited for no longer.</summary>
    public bool IsForced { get; init; }

    /// <summary>What was handed over, a line each.</summary>
    public ImmutableArray<string> Told { get; init; } = [];

    public Upgrade Enter(UpgradeStep step, TimeSpan now) => this with { Step = step, Since = now, InHand = null, Turn = Turn + 1 };

    public static void Write(ref MessagePackWriter writer, Upgrade value)
    {
        writer.WriteArrayHeader(6);
        writer.Write(value.Id);
        writer.Write(value.Command);
        writer.Write(value.From);
        writer.Write((int)value.Step);
        Wire.WriteMany(ref writer, value.Sources, SourceFormat.WriteId);
        writer.Write(value.Problem);
    }

    public static Upgrade Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 6);
        var value = new Upgrade
        {
            Id = Wire.ReadText(ref reader),
            Command = Wire.ReadText(ref reader),
            From = Wire.ReadText(ref reader),
            Step = (UpgradeStep)reader.ReadInt32(),
            Sources = Wire.ReadMany(ref reader, SourceFormat.ReadId),
            Problem = Wire.ReadText(ref reader),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    /// <summary>Whether the next coordinator must know the same.</summary>
    public bool IsWrittenAs(Upgrade? other) => other is not null
        && (Id, Command, From, Step, Problem) == (other.Id, other.Command, other.From, other.Step, other.Problem) && Sources.SequenceEqual(other.Sources);
}
