using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using JellyBean.Workflows.Payloads;

namespace JellyBean.Runtime.Calibration;

/// <summary>Bytes of an element as sent over a link.</summary>
/// <remarks>
/// Records count as MessagePack writes them by constructor order: arrays without names; what a constructor does not take is worked out again and
/// not sent. A payload with a codec counts with its canonical encoding, which travels beside the MessagePack. The link's own header is not in
/// it. Thread-safe.
/// </remarks>
public sealed class MessageSizer
{
    // Deeper than any message should be: an element that refers to itself.
    private const int MostDepth = 64;

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Members = new();

    private readonly ImmutableDictionary<Type, Func<object, long>> _payloads;

    private MessageSizer(ImmutableDictionary<Type, Func<object, long>> payloads) => _payloads = payloads;

    /// <summary>Knows no payloads.</summary>
    public static MessageSizer Empty { get; } = new(ImmutableDictionary<Type, Func<object, long>>.Empty);

    /// <summary>Counts a payload with the size of its canonical encoding.</summary>
    public MessageSizer With<T>(IPayloadCodec<T> codec)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(codec);
        return new MessageSizer(_payloads.SetItem(typeof(T), payload => codec.SizeOf((T)payload)));
    }

    /// <summary>Bytes of an element.</summary>
    /// <exception cref="InvalidOperationException">It refers to itself.</exception>
    public long SizeOf(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return SizeOf(value, 0);
    }

    private long SizeOf(object? value, int depth)
    {
        if (depth > MostDepth)
        {
            throw new InvalidOperationException($"A message is more than {MostDepth} levels deep, probably because it refers to itself. Send only what the next operator needs.");
        }

        return value switch
        {
            null or bool => 1,
            sbyte or short or int or long => SizeOfSigned(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            byte or ushort or uint or ulong or char => SizeOfUnsigned(value is char c ? c : Convert.ToUInt64(value, CultureInfo.InvariantCulture)),
            Enum e => SizeOf(Convert.ChangeType(e, Enum.GetUnderlyingType(e.GetType()), CultureInfo.InvariantCulture), depth),
            float => 5,
            double => 9,
            string text => SizeOfText(Encoding.UTF8.GetByteCount(text)),
            decimal number => SizeOfText(number.ToString(CultureInfo.InvariantCulture).Length),
            DateTime time => SizeOfTime(time),
            DateTimeOffset time => 1 + SizeOfTime(time.UtcDateTime) + SizeOfSigned((long)time.Offset.TotalMinutes),
            TimeSpan span => SizeOfSigned(span.Ticks),
            Guid => SizeOfText(36),
            byte[] bytes => SizeOfBytes(bytes.Length),
            ReadOnlyMemory<byte> bytes => SizeOfBytes(bytes.Length),
            Memory<byte> bytes => SizeOfBytes(bytes.Length),
            ImmutableArray<byte> bytes => SizeOfBytes(bytes.IsDefault ? 0 : bytes.Length),
            _ when _payloads.TryGetValue(value.GetType(), out var payload) => payload(value),
            _ when IsDefaultArray(value) => 1,
            IDictionary map => SizeOfCount(map.Count) + map.Keys.Cast<object>().Sum(k => SizeOf(k, depth + 1)) + map.Values.Cast<object?>().Sum(v => SizeOf(v, depth + 1)),
            IEnumerable items => SizeOfItems(items, depth),
            ITuple tuple => SizeOfCount(tuple.Length) + Enumerable.Range(0, tuple.Length).Sum(i => SizeOf(tuple[i], depth + 1)),
            _ => SizeOfRecord(value, depth),
        };
    }

    private long SizeOfItems(IEnumerable items, int depth)
    {
        var (count, bytes) = (0, 0L);
        foreach (var item in items)
        {
            count++;
            bytes += SizeOf(item, depth + 1);
        }

        return SizeOfCount(count) + bytes;
    }

    private long SizeOfRecord(object value, int depth)
    {
        var members = Members.GetOrAdd(value.GetType(), MembersOf);
        return SizeOfCount(members.Length) + members.Sum(m => SizeOf(m.GetValue(value), depth + 1));
    }

    // What the largest constructor takes, where its parameters are properties, and what can be set besides.
    private static PropertyInfo[] MembersOf(Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0).ToList();
        var taken = type.GetConstructors()
            .Select(c => c.GetParameters().Select(p => properties.Find(q => q.PropertyType == p.ParameterType && q.Name.Equals(p.Name, StringComparison.OrdinalIgnoreCase))).ToList())
            .Where(found => found.Count > 0 && found.All(p => p is not null))
            .MaxBy(found => found.Count) ?? [];
        return [.. taken.OfType<PropertyInfo>().Concat(properties.Where(p => p.CanWrite)).DistinctBy(p => p.Name)];
    }

    // An ImmutableArray that was never set throws when it is enumerated.
    private static bool IsDefaultArray(object value) =>
        value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
        && (bool)type.GetProperty(nameof(ImmutableArray<>.IsDefault))!.GetValue(value)!;

    private static long SizeOfSigned(long value) => value switch
    {
        >= 0 => SizeOfUnsigned((ulong)value),
        >= -32 => 1,
        >= sbyte.MinValue => 2,
        >= short.MinValue => 3,
        >= int.MinValue => 5,
        _ => 9,
    };

    private static long SizeOfUnsigned(ulong value) => value switch
    {
        <= 127 => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    private static long SizeOfText(int bytes) => bytes + (bytes switch
    {
        <= 31 => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    });

    private static long SizeOfBytes(int bytes) => bytes + (bytes switch
    {
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    });

    private static long SizeOfCount(int count) => count switch
    {
        <= 15 => 1,
        <= ushort.MaxValue => 3,
        _ => 5,
    };

    // The timestamp extension: 4 bytes for whole seconds, 8 for finer times until 2514, 12 outside; with 2 or 3 bytes before it.
    private static long SizeOfTime(DateTime time)
    {
        var ticks = time.ToUniversalTime().Ticks - DateTime.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return ticks < 0 || seconds >> 34 != 0 ? 15 : rest == 0 && seconds <= uint.MaxValue ? 6 : 10;
    }
}
