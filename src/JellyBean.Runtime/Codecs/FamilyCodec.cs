using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>A value of a type that others derive from: which of them it is, then the value; nil for null.</summary>
internal sealed class FamilyCodec<T>(Type[] types, ValueCodec[] codecs) : ValueCodec<T>
    where T : class
{
    private readonly Dictionary<Type, int> _places = types.Select((type, place) => (type, place)).ToDictionary(t => t.type, t => t.place);

    public override void Write(ref MessagePackWriter writer, T value, ValueWriter output)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        if (!_places.TryGetValue(value.GetType(), out var place))
        {
            throw new CodecException($"A {value.GetType()} cannot be sent as a {typeof(T)}: only types of the same assembly can stand for each other. These can: {string.Join(", ", types.Select(t => t.Name))}.");
        }

        writer.WriteArrayHeader(2);
        writer.Write(place);
        codecs[place].WriteObject(ref writer, value, output);
    }

    public override T Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null!;
        }

        var (count, place) = (reader.ReadArrayHeader(), reader.ReadInt32());
        return count == 2 && place >= 0 && place < codecs.Length
            ? (T)codecs[place].ReadObject(ref reader)!
            : throw new InvalidDataException($"There is no kind {place} of {typeof(T)}.");
    }
}
