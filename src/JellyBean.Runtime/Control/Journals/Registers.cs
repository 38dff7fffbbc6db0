using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.Serialization;
using JellyBean.Runtime.Control.Protocol;
using MessagePack;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>One node's copies of the journals of all workflows, by fingerprint, as a value.</summary>
internal sealed record Registers
{
    // Versions of a program come and go; what is left of those that are gone is small.
    private const int Most = 64;

    private ImmutableSortedDictionary<string, Replica> _replicas = ImmutableSortedDictionary.Create<string, Replica>(StringComparer.Ordinal);

    public static Registers None { get; } = new();

    /// <summary>A workflow's; a new one where there is none.</summary>
    public Replica this[string workflow] => _replicas.GetValueOrDefault(workflow) ?? Replica.New;

    /// <summary>Whether there is one, or room for it.</summary>
    public bool Has(string workflow) => _replicas.Count < Most || _replicas.ContainsKey(workflow);

    public Registers With(string workflow, Replica replica) => this with { _replicas = _replicas.SetItem(workflow, replica) };

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(_replicas.Count);
        foreach (var (workflow, replica) in _replicas)
        {
            writer.Write(workflow);
            writer.Write(JournalFormat.ToBytes(replica));
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="bytes">What <see cref="ToBytes"/> wrote, or a program that knew one workflow only.</param>
    /// <param name="own">That workflow.</param>
    /// <exception cref="SerializationException">The bytes are no registers.</exception>
    public static Registers FromBytes(byte[] bytes, string own)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            if (reader.NextMessagePackType != MessagePackType.Map)
            {
                return None.With(own, JournalFormat.FromBytes(bytes));
            }

            var registers = None;
            for (var left = reader.ReadMapHeader(); left > 0; left--)
            {
                registers = registers.With(Wire.ReadText(ref reader), JournalFormat.FromBytes(reader.ReadBytes() is { } read ? BuffersExtensions.ToArray(read) : []));
            }

            return registers;
        }
        catch (Exception cause) when (cause is MessagePackSerializationException or EndOfStreamException)
        {
            throw new SerializationException($"The bytes are no journal: {cause.Message}", cause);
        }
    }
}
