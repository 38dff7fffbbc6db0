using System.Diagnostics;
using JellyBean.Runtime.Codecs;
using JellyBean.Workflows.Elements;
using MessagePack;

namespace JellyBean.Runtime.Envelope;

/// <summary>Items as bytes, for one route: what the engine must know, then the user's value. Immutable; thread-safe.</summary>
/// <param name="value">The codec of what the route's elements carry.</param>
/// <param name="kept">The codec of what headers carry; null where the route carries none.</param>
internal sealed class ItemFormat(ValueCodec value, ValueCodec? kept)
{
    private const byte FrontierSignal = 0;
    private const byte BarrierSignal = 1;

    /// <summary>Nanoseconds of this process's clock.</summary>
    public static long Clock => Nanoseconds(Stopwatch.GetTimestamp());

    /// <summary>Writes an element.</summary>
    /// <returns>Bytes of its value: what the planner reckons with.</returns>
    /// <exception cref="CodecException">Its value cannot be sent. Users' codecs may throw anything else.</exception>
    public int Write(Element element, BufferValueWriter output)
    {
        var writer = new MessagePackWriter(output);
        LineageFormat.Write(ref writer, element.Lineage);
        writer.Write(element.EventTicks);
        writer.Write(element.EffectiveTicks - element.EventTicks);
        writer.Write(Nanoseconds(element.AdmittedAt));
        writer.Write(Nanoseconds(element.Age));
        writer.Write(element.Epoch);
        writer.Write(element.Parts);
        writer.Flush();
        var before = output.Written;
        CodecOf(element.Parts).WriteObject(ref writer, element.Value, output);
        writer.Flush();
        return output.Written - before;
    }

    /// <summary>Writes any item that is no element.</summary>
    public static void Write(Item signal, BufferValueWriter output)
    {
        var writer = new MessagePackWriter(output);
        switch (signal)
        {
            case Frontier frontier:
                writer.Write(FrontierSignal);
                writer.Write(frontier.Source.Value);
                writer.Write(frontier.Number);
                writer.Write(frontier.EventTicks);
                writer.Write(frontier.IsIdle);
                break;
            case SnapshotBarrier barrier:
                writer.Write(BarrierSignal);
                writer.Write(barrier.Snapshot);
                break;
            default:
                throw new NotSupportedException($"A {signal.GetType().Name} has no form on links.");
        }

        writer.Flush();
    }

    /// <summary>Reads an element. The bytes are untrusted.</summary>
    /// <param name="bytes">What <see cref="Write(Element, BufferValueWriter)"/> wrote.</param>
    /// <param name="names">Remembers the sources' names.</param>
    /// <param name="clockAhead">How far this process's clock is ahead of the writer's, nanoseconds.</param>
    /// <returns>The element; or, where only its value cannot be read, its lineage and why.</returns>
    /// <exception cref="InvalidDataException">The bytes are no element.</exception>
    public ReadElement ReadElement(ReadOnlyMemory<byte> bytes, SourceNames names, long clockAhead)
    {
        var reader = new MessagePackReader(bytes);
        var (lineage, at, late, admitted, age, epoch, parts) = ReadEnvelope(ref reader, names);
        try
        {
            var content = CodecOf(parts).ReadObject(ref reader) ?? throw new InvalidDataException("The value is missing.");
            if (!reader.End)
            {
                throw new InvalidDataException("The value is followed by bytes that do not belong to it.");
            }

            var element = new Element(lineage, at, content, Ticks(admitted + clockAhead), epoch) { EffectiveTicks = at + late, Age = Ticks(age), Parts = parts };
            return new ReadElement(lineage, element, null);
        }
        catch (Exception cause)
        {
            // Users' codecs and constructors run on these bytes: what they throw concerns this element alone.
            return new ReadElement(lineage, null, cause);
        }
    }

    /// <summary>Reads any item that is no element. The bytes are untrusted.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such item.</exception>
    public static Item ReadSignal(ReadOnlyMemory<byte> bytes, SourceNames names)
    {
        var reader = new MessagePackReader(bytes);
        try
        {
            Item signal = reader.ReadByte() switch
            {
                FrontierSignal => new Frontier(names.Read(ref reader), reader.ReadInt64(), reader.ReadInt64(), reader.ReadBoolean()),
                BarrierSignal => new SnapshotBarrier(reader.ReadInt64()),
                var kind => throw new InvalidDataException($"There is no signal of kind {kind}."),
            };
            return reader.End ? signal : throw new InvalidDataException("A signal is followed by bytes that do not belong to it.");
        }
        catch (Exception cause) when (IsMalformed(cause))
        {
            throw new InvalidDataException($"The bytes are no signal: {cause.Message}", cause);
        }
    }

    private static long Nanoseconds(long timestamp) => Stopwatch.Frequency == 1_000_000_000 ? timestamp : (long)((Int128)timestamp * 1_000_000_000 / Stopwatch.Frequency);

    private static long Ticks(long nanoseconds) => Stopwatch.Frequency == 1_000_000_000 ? nanoseconds : (long)((Int128)nanoseconds * Stopwatch.Frequency / 1_000_000_000);

    private static bool IsMalformed(Exception cause) =>
        cause is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException or InsufficientExecutionStackException;

    private (Lineage Lineage, long EventTicks, long Late, long Admitted, long Age, long Epoch, int Parts) ReadEnvelope(ref MessagePackReader reader, SourceNames names)
    {
        try
        {
            var envelope = (LineageFormat.Read(ref reader, names), At: reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), Parts: reader.ReadInt32());
            return envelope.Parts >= -1 && (envelope.Parts < 0 || kept is not null) && envelope.At >= 0 && envelope.At <= DateTime.MaxValue.Ticks
                ? envelope
                : throw new InvalidDataException($"An element cannot have {envelope.Parts} parts here, or happen at {envelope.At}.");
        }
        catch (Exception cause) when (IsMalformed(cause))
        {
            throw new InvalidDataException($"The bytes are no element: {cause.Message}", cause);
        }
    }

    private ValueCodec CodecOf(int parts) => parts < 0 ? value : kept ?? throw new CodecException("A divided element came where none is divided.");
}

/// <summary>What was read of an element.</summary>
/// <param name="Lineage">Where it comes from.</param>
/// <param name="Element">The element; null where its value could not be read.</param>
/// <param name="Cause">Why it could not be read.</param>
internal readonly record struct ReadElement(Lineage Lineage, Element? Element, Exception? Cause);
