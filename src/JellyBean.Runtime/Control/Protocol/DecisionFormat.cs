using System.Collections.Immutable;
using JellyBean.Runtime.Commands;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How decisions are written.</summary>
internal static class DecisionFormat
{
    // Beside a message's own header; what is older than what fits is not told.
    private const int MostBytes = ControlProtocol.MaxBytes - 1024;

    /// <summary>As many of the latest as fit into a message.</summary>
    public static HistoryIs Latest(ImmutableArray<Decision> decisions) => new(Latest(decisions, MostBytes));

    /// <summary>As many of the latest as fit into so many bytes.</summary>
    public static ImmutableArray<Decision> Latest(IEnumerable<Decision> decisions, int most)
    {
        var fitting = decisions.Reverse().TakeWhile(d => (most -= Wire.Write(d, Write).Length) >= 0).ToList();
        fitting.Reverse();
        return [.. fitting];
    }

    public static void Write(ref MessagePackWriter writer, ImmutableArray<Decision> value) => Wire.WriteMany(ref writer, value, Write);

    public static ImmutableArray<Decision> ReadMany(ref MessagePackReader reader) => Wire.ReadMany(ref reader, Read);

    public static void Write(ref MessagePackWriter writer, HistoryIs value)
    {
        writer.WriteArrayHeader(1);
        Wire.WriteMany(ref writer, value.Decisions, Write);
    }

    public static HistoryIs ReadHistory(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 1);
        var value = new HistoryIs(Wire.ReadMany(ref reader, Read));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, Decision value)
    {
        writer.WriteArrayHeader(13);
        writer.Write(value.Number);
        writer.Write(value.At.UtcTicks);
        writer.Write(value.Trigger);
        writer.Write(value.Result);
        writer.Write(value.EpochBefore);
        writer.Write(value.EpochAfter);
        Wire.WriteOrNull(ref writer, value.CostBefore);
        Wire.WriteOrNull(ref writer, value.CostAfter);
        writer.Write(value.Currency);
        Wire.WriteMany(ref writer, value.Measurements, Write);
        Wire.WriteMany(ref writer, value.Candidates, Write);
        Wire.WriteMany(ref writer, value.Steps, Write);
        writer.Write(value.ElementsHeld ?? -1);
    }

    private static Decision Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 13);
        var value = new Decision
        {
            Number = reader.ReadInt64(),
            At = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            Trigger = Wire.ReadText(ref reader),
            Result = Wire.ReadText(ref reader),
            EpochBefore = reader.ReadInt64(),
            EpochAfter = reader.ReadInt64(),
            CostBefore = Wire.ReadNumberOrNull(ref reader),
            CostAfter = Wire.ReadNumberOrNull(ref reader),
            Currency = Wire.ReadText(ref reader),
            Measurements = Wire.ReadMany(ref reader, ReadMeasurement),
            Candidates = Wire.ReadMany(ref reader, ReadCandidate),
            Steps = Wire.ReadMany(ref reader, ReadStep),
            ElementsHeld = reader.ReadInt64() is >= 0 and var held ? held : null,
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, Measurement value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Name);
        writer.Write(value.Value);
        writer.Write(value.Unit);
    }

    private static Measurement ReadMeasurement(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new Measurement(Wire.ReadText(ref reader), reader.ReadDouble(), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, Candidate value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Name);
        Wire.WriteOrNull(ref writer, value.CostPerHour);
        writer.Write(value.Verdict);
    }

    private static Candidate ReadCandidate(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new Candidate(Wire.ReadText(ref reader), Wire.ReadNumberOrNull(ref reader), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, DecisionStep value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Name);
        writer.Write(value.Duration.Ticks);
    }

    private static DecisionStep ReadStep(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new DecisionStep(Wire.ReadText(ref reader), new TimeSpan(reader.ReadInt64()));
        Wire.End(ref reader, unknown);
        return value;
    }
}
