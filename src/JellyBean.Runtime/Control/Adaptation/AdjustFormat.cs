using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Fragments;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Adaptation;

/// <summary>How changes in place are written.</summary>
internal static class AdjustFormat
{
    public static void Write(ref MessagePackWriter writer, Adjust value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.What.Epoch);
        writer.Write(value.What.Revision);
        Wire.WriteMany(ref writer, value.What.Operators, Write);
        Wire.WriteMany(ref writer, value.What.Limits, Write);
    }

    public static Adjust ReadAdjust(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = new Adjust(new Adjustment(reader.ReadInt64(), reader.ReadInt64(), Wire.ReadMany(ref reader, ReadSetting), Wire.ReadMany(ref reader, ReadLimit)));
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, Adjusted value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Epoch);
        writer.Write(value.Revision);
        Wire.WriteMany(ref writer, value.Outcomes, Write);
    }

    public static Adjusted ReadAdjusted(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new Adjusted(reader.ReadInt64(), reader.ReadInt64(), Wire.ReadMany(ref reader, ReadOutcome));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, OperatorSetting value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Operator.Value);
        writer.Write(value.Variant);
        writer.Write(value.BatchSize);
        writer.Write(value.Linger.Ticks);
        Wire.WriteMany(ref writer, value.Ready, Wire.WriteText);
    }

    private static OperatorSetting ReadSetting(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var value = new OperatorSetting(
            new OperatorId(Wire.ReadText(ref reader)),
            Wire.ReadText(ref reader),
            reader.ReadInt32(),
            new TimeSpan(reader.ReadInt64()),
            Wire.ReadMany(ref reader, Wire.ReadText));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, SourceLimit value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Source.Value);
        writer.Write(value.PerSecond);
    }

    private static SourceLimit ReadLimit(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new SourceLimit(new SourceId(Wire.ReadText(ref reader)), reader.ReadDouble());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, AdjustOutcome value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Operator.Value);
        writer.Write(value.Variant);
        writer.Write(value.Problem);
        writer.Write(value.Took.Ticks);
    }

    private static AdjustOutcome ReadOutcome(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = new AdjustOutcome(new OperatorId(Wire.ReadText(ref reader)), Wire.ReadText(ref reader), reader.ReadString(), new TimeSpan(reader.ReadInt64()));
        Wire.End(ref reader, unknown);
        return value;
    }
}
