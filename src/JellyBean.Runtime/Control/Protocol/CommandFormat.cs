using System.Collections.Immutable;
using System.Runtime.Serialization;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How commands and what became of them are written.</summary>
internal static class CommandFormat
{
    // A reader of another build meets kinds that it does not know.
    private static readonly int Kinds = Enum.GetValues<CommandKind>().Length;
    private static readonly int Statuses = Enum.GetValues<CommandStatus>().Length;

    public static void Write(ref MessagePackWriter writer, Command value)
    {
        writer.WriteArrayHeader(7);
        writer.Write(value.ProtocolVersion);
        writer.Write(value.Id);
        writer.Write((int)value.Kind);
        writer.Write(value.Subject);
        writer.Write(value.Argument);
        writer.Write(value.IsDryRun);
        SourceFormat.Write(ref writer, value.Settings);
    }

    public static Command ReadCommand(ref MessagePackReader reader)
    {
        // One of another version is read as far as needed to refuse it.
        var unknown = Wire.Begin(ref reader, 6);
        var value = new Command(reader.ReadInt32(), Wire.ReadText(ref reader), (CommandKind)Number(ref reader, Kinds), Wire.ReadText(ref reader), Wire.ReadText(ref reader), reader.ReadBoolean());
        if (unknown > 0)
        {
            value = value with { Settings = SourceFormat.ReadSettings(ref reader) };
            unknown--;
        }

        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, CommandIs value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Id);
        Write(ref writer, value.Outcome);
    }

    public static CommandIs ReadCommandIs(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new CommandIs(Wire.ReadText(ref reader), ReadOutcome(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, CommandGoesOn value)
    {
        writer.WriteArrayHeader(1);
        writer.Write(value.Id);
    }

    public static CommandGoesOn ReadGoesOn(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 1);
        var value = new CommandGoesOn(Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, CommandOutcome value)
    {
        writer.WriteArrayHeader(11);
        writer.Write(value.Command);
        writer.Write((int)value.Status);
        writer.Write(value.Message);
        Wire.WriteMany(ref writer, value.Allowed, Wire.WriteText);
        Wire.WriteMany(ref writer, value.Changes, Wire.WriteText);
        Wire.WriteMany(ref writer, value.Shortfalls, Wire.WriteText);
        writer.Write(value.Epoch);
        Wire.WriteOrNull(ref writer, value.CostBefore);
        Wire.WriteOrNull(ref writer, value.CostAfter);
        writer.Write(value.Currency);
        Wire.WriteMany(ref writer, value.Outputs, Write);
    }

    public static CommandOutcome ReadOutcome(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 10);
        var value = new CommandOutcome
        {
            Command = Wire.ReadText(ref reader),
            Status = (CommandStatus)Number(ref reader, Statuses),
            Message = Wire.ReadText(ref reader),
            Allowed = Wire.ReadMany(ref reader, Wire.ReadText),
            Changes = Wire.ReadMany(ref reader, Wire.ReadText),
            Shortfalls = Wire.ReadMany(ref reader, Wire.ReadText),
            Epoch = reader.ReadInt64(),
            CostBefore = Wire.ReadNumberOrNull(ref reader),
            CostAfter = Wire.ReadNumberOrNull(ref reader),
            Currency = Wire.ReadText(ref reader),
        };

        // Journals of before have none.
        if (unknown > 0)
        {
            value = value with { Outputs = Wire.ReadMany(ref reader, ReadOutput) };
            unknown--;
        }

        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, OutputChange value)
    {
        writer.WriteArrayHeader(6);
        writer.Write(value.Output.Value);
        writer.Write(value.Metric ?? "");
        Wire.WriteOrNull(ref writer, value.AccuracyBefore);
        Wire.WriteOrNull(ref writer, value.AccuracyAfter);
        Wire.WriteOrNull(ref writer, value.P99BeforeMs);
        Wire.WriteOrNull(ref writer, value.P99AfterMs);
    }

    private static OutputChange ReadOutput(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 6);
        var (output, metric) = (new OperatorId(Wire.ReadText(ref reader)), Wire.ReadText(ref reader));
        var value = new OutputChange(
            output, metric.Length == 0 ? null : metric, Wire.ReadNumberOrNull(ref reader), Wire.ReadNumberOrNull(ref reader), Wire.ReadNumberOrNull(ref reader), Wire.ReadNumberOrNull(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    /// <summary>Something by operator.</summary>
    public static void Write<T>(ref MessagePackWriter writer, ImmutableSortedDictionary<OperatorId, T> values, Func<T, string> text)
    {
        writer.WriteMapHeader(values.Count);
        foreach (var (op, value) in values)
        {
            writer.Write(op.Value);
            writer.Write(text(value));
        }
    }

    public static ImmutableSortedDictionary<OperatorId, T> ReadByOperator<T>(ref MessagePackReader reader, Func<string, T> value)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<OperatorId, T>();
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            values.Add(new OperatorId(Wire.ReadText(ref reader)), value(Wire.ReadText(ref reader)));
        }

        return values.ToImmutable();
    }

    private static int Number(ref MessagePackReader reader, int below)
    {
        var number = reader.ReadInt32();
        return number >= 0 && number < below ? number : throw new SerializationException($"{number} is unknown; allowed: 0 to {below - 1}. Run the same build on both.");
    }
}
