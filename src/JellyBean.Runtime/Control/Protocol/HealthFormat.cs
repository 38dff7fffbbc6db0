using JellyBean.Workflows.Inputs;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How the health of sources is written.</summary>
internal static class HealthFormat
{
    public static void Write(ref MessagePackWriter writer, SourceHealth value)
    {
        writer.WriteArrayHeader(9);
        writer.Write((int)value.Condition);
        writer.Write(ControlProtocol.Fault(value.Trouble));
        writer.Write(value.Decoded);
        writer.Write(value.LeftOut);
        writer.Write(value.Connects);
        writer.Write(value.Stalls);
        writer.Write(value.TimesRepaired);
        writer.Write(ControlProtocol.Fault(value.Recording));
        writer.Write(value.IsTimeTold);
    }

    public static SourceHealth Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 9);
        var value = new SourceHealth
        {
            Condition = (SourceCondition)reader.ReadInt32(),
            Trouble = reader.ReadString(),
            Decoded = reader.ReadInt64(),
            LeftOut = reader.ReadInt64(),
            Connects = reader.ReadInt64(),
            Stalls = reader.ReadInt64(),
            TimesRepaired = reader.ReadInt64(),
            Recording = reader.ReadString(),
            IsTimeTold = reader.ReadBoolean(),
        };
        Wire.End(ref reader, unknown);
        return value;
    }
}
