using System.Collections.Immutable;
using JellyBean.Runtime.Codecs;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using MessagePack;

namespace JellyBean.Runtime.Envelope;

/// <summary>Lineages as bytes.</summary>
internal static class LineageFormat
{
    // What a count in the bytes may reserve before what it counts has been seen.
    private const int MostReserved = 64;

    public static void Write(ref MessagePackWriter writer, Lineage lineage)
    {
        writer.Write(lineage.Source.Value);
        writer.Write(lineage.Number);
        writer.WriteArrayHeader(lineage.Path.Length);
        foreach (var step in lineage.Path)
        {
            writer.Write(step);
        }

        writer.WriteArrayHeader(lineage.Contributors.Length);
        foreach (var contributor in lineage.Contributors)
        {
            Write(ref writer, contributor);
        }

        writer.Write(lineage.Ordinal);
        writer.Write(lineage.IdentityFrom);
    }

    /// <summary>Reads a lineage. The bytes are untrusted.</summary>
    /// <param name="reader">Stands before it.</param>
    /// <param name="names">Remembers the sources' names, so that each is kept once.</param>
    public static Lineage Read(ref MessagePackReader reader, SourceNames names)
    {
        ElementCodecs.Security.DepthStep(ref reader);
        var source = names.Read(ref reader);
        var number = reader.ReadInt64();
        var path = ImmutableArray<int>.Empty;
        if (reader.ReadArrayHeader() is > 0 and var steps)
        {
            var builder = ImmutableArray.CreateBuilder<int>(Math.Min(steps, MostReserved));
            for (var i = 0; i < steps; i++)
            {
                builder.Add(reader.ReadInt32());
            }

            path = builder.DrainToImmutable();
        }

        var contributors = ImmutableArray<Lineage>.Empty;
        if (reader.ReadArrayHeader() is > 0 and var many)
        {
            var builder = ImmutableArray.CreateBuilder<Lineage>(Math.Min(many, MostReserved));
            for (var i = 0; i < many; i++)
            {
                builder.Add(Read(ref reader, names));
            }

            contributors = builder.DrainToImmutable();
        }

        var lineage = Lineage.Restore(source, number, path, contributors, reader.ReadInt32(), reader.ReadInt32());
        reader.Depth--;
        return lineage;
    }
}

/// <summary>Names of sources as they come in: the same one is made once. Used by one thread at a time.</summary>
internal sealed class SourceNames
{
    private const int MostRemembered = 1024;
    private const int MostLength = 512;

    private readonly Dictionary<string, SourceId> _known = new(StringComparer.Ordinal);
    private readonly char[] _text = new char[MostLength];

    public SourceId Read(ref MessagePackReader reader)
    {
        if (!reader.TryReadStringSpan(out var utf8))
        {
            return new SourceId(reader.ReadString() ?? throw new InvalidDataException("An item names no source."));
        }

        if (utf8.Length > MostLength)
        {
            throw new InvalidDataException($"A source's name takes {utf8.Length} bytes; at most {MostLength} are allowed.");
        }

        var text = _text.AsSpan(0, System.Text.Encoding.UTF8.GetChars(utf8, _text));
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(text, out var source))
        {
            return source;
        }

        source = new SourceId(text.ToString());
        if (_known.Count < MostRemembered)
        {
            _known.Add(source.Value, source);
        }

        return source;
    }
}
