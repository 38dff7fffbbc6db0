using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>Numbers, text, times and bytes. What is read is what was written, to the last bit.</summary>
internal static class PlainCodecs
{
    private const int KindShift = 62;
    private const ulong TicksMask = (1UL << KindShift) - 1;

    private static readonly FrozenDictionary<Type, ValueCodec> All = new ValueCodec[]
    {
        new PlainCodec<bool>((ref w, v) => w.Write(v), (ref r) => r.ReadBoolean()),
        new PlainCodec<byte>((ref w, v) => w.Write(v), (ref r) => r.ReadByte()),
        new PlainCodec<sbyte>((ref w, v) => w.Write(v), (ref r) => r.ReadSByte()),
        new PlainCodec<short>((ref w, v) => w.Write(v), (ref r) => r.ReadInt16()),
        new PlainCodec<ushort>((ref w, v) => w.Write(v), (ref r) => r.ReadUInt16()),
        new PlainCodec<int>((ref w, v) => w.Write(v), (ref r) => r.ReadInt32()),
        new PlainCodec<uint>((ref w, v) => w.Write(v), (ref r) => r.ReadUInt32()),
        new PlainCodec<long>((ref w, v) => w.Write(v), (ref r) => r.ReadInt64()),
        new PlainCodec<ulong>((ref w, v) => w.Write(v), (ref r) => r.ReadUInt64()),
        new PlainCodec<char>((ref w, v) => w.Write(v), (ref r) => r.ReadChar()),
        new PlainCodec<float>((ref w, v) => w.Write(v), (ref r) => r.ReadSingle()),
        new PlainCodec<double>((ref w, v) => w.Write(v), (ref r) => r.ReadDouble()),
        new PlainCodec<string?>((ref w, v) => w.Write(v), (ref r) => r.ReadString()),
        new PlainCodec<decimal>(
            (ref w, v) => w.Write(v.ToString(CultureInfo.InvariantCulture)),
            (ref r) => decimal.TryParse(r.ReadString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong<decimal>()),
        new PlainCodec<Guid>((ref w, v) => w.Write(v.ToString()), (ref r) => Guid.TryParseExact(r.ReadString(), "D", out var value) ? value : throw Wrong<Guid>()),
        new PlainCodec<TimeSpan>((ref w, v) => w.Write(v.Ticks), (ref r) => new TimeSpan(r.ReadInt64())),
        new PlainCodec<DateOnly>((ref w, v) => w.Write(v.DayNumber), (ref r) => DateOnly.FromDayNumber(r.ReadInt32())),
        new PlainCodec<TimeOnly>((ref w, v) => w.Write(v.Ticks), (ref r) => new TimeOnly(r.ReadInt64())),
        new PlainCodec<DateTime>(
            (ref w, v) => w.WriteUInt64((ulong)v.Ticks | ((ulong)v.Kind << KindShift)),
            (ref r) => r.ReadUInt64() is var bits && bits >> KindShift <= (ulong)DateTimeKind.Local
                ? new DateTime((long)(bits & TicksMask), (DateTimeKind)(bits >> KindShift))
                : throw Wrong<DateTime>()),
        new PlainCodec<DateTimeOffset>(
            (ref w, v) =>
            {
                w.WriteArrayHeader(2);
                w.Write(v.UtcDateTime);
                w.Write((short)v.TotalOffsetMinutes);
            },
            (ref r) =>
            {
                if (r.ReadArrayHeader() != 2)
                {
                    throw Wrong<DateTimeOffset>();
                }

                var (time, offset) = (r.ReadDateTime(), TimeSpan.FromMinutes(r.ReadInt16()));
                return new DateTimeOffset(DateTime.SpecifyKind(time.Add(offset), DateTimeKind.Unspecified), offset);
            }),
        new PlainCodec<byte[]?>((ref w, v) => w.Write(v), (ref r) => Bytes(ref r)),
        new PlainCodec<ReadOnlyMemory<byte>>((ref w, v) => w.Write(v.Span), (ref r) => Bytes(ref r)),
        new PlainCodec<Memory<byte>>((ref w, v) => w.Write(v.Span), (ref r) => Bytes(ref r)),
        new PlainCodec<ImmutableArray<byte>>(
            (ref w, v) => w.Write(ImmutableCollectionsMarshal.AsArray(v)), (ref r) => ImmutableCollectionsMarshal.AsImmutableArray(Bytes(ref r))),
    }.ToFrozenDictionary(codec => codec.GetType().GetGenericArguments()[0]);

    /// <summary>The codec of a plain type; null if the type is none.</summary>
    public static ValueCodec? Find(Type type) => All.GetValueOrDefault(type);

    private static byte[]? Bytes(ref MessagePackReader reader) => reader.ReadBytes() is { } bytes ? System.Buffers.BuffersExtensions.ToArray(bytes) : null;

    private static InvalidDataException Wrong<T>() => new($"The bytes are no {typeof(T).Name}.");
}

/// <summary>Writes a plain value.</summary>
internal delegate void WritePlain<in T>(ref MessagePackWriter writer, T value);

/// <summary>Reads a plain value.</summary>
internal delegate T ReadPlain<out T>(ref MessagePackReader reader);

/// <summary>A value without parts.</summary>
internal sealed class PlainCodec<T>(WritePlain<T> write, ReadPlain<T> read) : ValueCodec<T>
{
    public override void Write(ref MessagePackWriter writer, T value, ValueWriter output) => write(ref writer, value);

    public override T Read(ref MessagePackReader reader) => read(ref reader);
}

/// <summary>An enumeration's value as its number. Numbers without a name are allowed, as they are in memory.</summary>
internal sealed class EnumCodec<T, TNumber>(ValueCodec<TNumber> codec) : ValueCodec<T>
    where T : struct, Enum
    where TNumber : struct
{
    public override void Write(ref MessagePackWriter writer, T value, ValueWriter output) =>
        codec.Write(ref writer, System.Runtime.CompilerServices.Unsafe.BitCast<T, TNumber>(value), output);

    public override T Read(ref MessagePackReader reader) => System.Runtime.CompilerServices.Unsafe.BitCast<TNumber, T>(codec.Read(ref reader));
}

/// <summary>A value or nil.</summary>
internal sealed class NullableCodec<T>(ValueCodec<T> codec) : ValueCodec<T?>
    where T : struct
{
    public override void Write(ref MessagePackWriter writer, T? value, ValueWriter output)
    {
        if (value is { } there)
        {
            codec.Write(ref writer, there, output);
        }
        else
        {
            writer.WriteNil();
        }
    }

    public override T? Read(ref MessagePackReader reader) => reader.TryReadNil() ? null : codec.Read(ref reader);
}
