using JellyBean.Runtime.Control.Coordination;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How losses are written.</summary>
internal static class LossesFormat
{
    public static void Write(ref MessagePackWriter writer, Losses value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Epoch);
        Wire.WriteMany(ref writer, value.Gaps, Write);
        Wire.WriteMany(ref writer, value.Past, Write);
    }

    public static Losses Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new Losses { Epoch = reader.ReadInt64(), Gaps = Wire.ReadMany(ref reader, ReadGap), Past = Wire.ReadMany(ref reader, ReadPast) };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, OutputGap value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Output.Value);
        writer.Write(value.Source.Value);
        writer.Write(value.Numbers.First);
        writer.Write(value.Numbers.Last);
        writer.Write(value.IsExact);
    }

    private static OutputGap ReadGap(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var value = new OutputGap(
            new OperatorId(Wire.ReadText(ref reader)), new SourceId(Wire.ReadText(ref reader)), new NumberRange(reader.ReadInt64(), reader.ReadInt64()), reader.ReadBoolean());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, SourceProgress value)
    {
        writer.WriteArrayHeader(7);
        writer.Write(value.Source.Value);
        writer.Write(value.Offered);
        writer.Write(value.Processed);
        writer.Write(value.Dropped);
        writer.Write(value.Failed);
        writer.Write(value.DamageReports);
        writer.Write(value.Lost);
    }

    private static SourceProgress ReadPast(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 7);
        var value = new SourceProgress(
            new SourceId(Wire.ReadText(ref reader)), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), Ended: false, Fault: null, reader.ReadInt64())
        {
            Lost = reader.ReadInt64(),
        };
        Wire.End(ref reader, unknown);
        return value;
    }
}
