using System.Collections.Immutable;
using System.Runtime.Serialization;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Sources;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How sources are written that were added, and those that are named.</summary>
internal static class SourceFormat
{
    public static void Write(ref MessagePackWriter writer, SourceAddition value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Source.Value);
        Write(ref writer, value.Settings);
    }

    public static SourceAddition ReadAddition(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new SourceAddition(ReadId(ref reader), ReadSettings(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, ImmutableSortedDictionary<string, string> settings)
    {
        writer.WriteMapHeader(settings.Count);
        foreach (var (key, value) in settings)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    public static ImmutableSortedDictionary<string, string> ReadSettings(ref MessagePackReader reader)
    {
        var settings = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            if (!settings.TryAdd(Wire.ReadText(ref reader), Wire.ReadText(ref reader)))
            {
                throw new SerializationException("A setting is given twice.");
            }
        }

        return settings.ToImmutable();
    }

    public static void Write(ref MessagePackWriter writer, SourceStart value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Source.Value);
        writer.Write(value.Number);
        writer.Write(value.First);
    }

    public static SourceStart ReadStart(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new SourceStart(ReadId(ref reader), reader.ReadInt64(), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void WriteId(ref MessagePackWriter writer, SourceId value) => writer.Write(value.Value);

    public static SourceId ReadId(ref MessagePackReader reader) => new(Wire.ReadText(ref reader));
}
