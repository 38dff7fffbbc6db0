using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How what failed is written.</summary>
internal static class FailureFormat
{
    public static void Write(ref MessagePackWriter writer, FailureReport value)
    {
        writer.WriteArrayHeader(3);
        Wire.WriteMany(ref writer, value.Sources, Write);
        Wire.WriteMany(ref writer, value.Causes, Write);
        writer.Write(value.OfOtherCauses);
    }

    public static FailureReport Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new FailureReport(Wire.ReadMany(ref reader, ReadElements), Wire.ReadMany(ref reader, ReadCause), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, FailedElements value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Source.Value);
        writer.Write(value.Count);
        Wire.WriteMany(ref writer, value.Latest, Write);
    }

    private static FailedElements ReadElements(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new FailedElements(new SourceId(Wire.ReadText(ref reader)), reader.ReadInt64(), Wire.ReadMany(ref reader, ReadRange));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, NumberRange value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.First);
        writer.Write(value.Last);
    }

    private static NumberRange ReadRange(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new NumberRange(reader.ReadInt64(), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, FailureCause value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Operator.Value);
        writer.Write(value.Cause);
        writer.Write(value.Count);
        Write(ref writer, value.First);
        Write(ref writer, value.Latest);
    }

    private static FailureCause ReadCause(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var value = new FailureCause(new OperatorId(Wire.ReadText(ref reader)), Wire.ReadText(ref reader), reader.ReadInt64(), ReadElement(ref reader), ReadElement(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, FailedElement value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Source.Value);
        writer.Write(value.Number);
    }

    private static FailedElement ReadElement(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new FailedElement(new SourceId(Wire.ReadText(ref reader)), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return value;
    }
}
