using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>Lists, sets and dictionaries of what has a codec. Interfaces are read as what implements them best.</summary>
internal static class CollectionCodecs
{
    private static readonly Dictionary<Type, string> Sequences = new()
    {
        [typeof(IEnumerable<>)] = nameof(Arrays),
        [typeof(IReadOnlyCollection<>)] = nameof(Arrays),
        [typeof(IReadOnlyList<>)] = nameof(Arrays),
        [typeof(ICollection<>)] = nameof(Lists),
        [typeof(IList<>)] = nameof(Lists),
        [typeof(List<>)] = nameof(Lists),
        [typeof(ImmutableArray<>)] = nameof(ImmutableArrays),
        [typeof(ImmutableList<>)] = nameof(ImmutableLists),
        [typeof(IImmutableList<>)] = nameof(ImmutableLists),
        [typeof(ISet<>)] = nameof(Sets),
        [typeof(IReadOnlySet<>)] = nameof(Sets),
        [typeof(HashSet<>)] = nameof(Sets),
        [typeof(SortedSet<>)] = nameof(SortedSets),
        [typeof(IImmutableSet<>)] = nameof(ImmutableSets),
        [typeof(ImmutableHashSet<>)] = nameof(ImmutableSets),
        [typeof(ImmutableSortedSet<>)] = nameof(ImmutableSortedSets),
    };

    private static readonly Dictionary<Type, string> Maps = new()
    {
        [typeof(IDictionary<,>)] = nameof(Dictionaries),
        [typeof(IReadOnlyDictionary<,>)] = nameof(Dictionaries),
        [typeof(Dictionary<,>)] = nameof(Dictionaries),
        [typeof(SortedDictionary<,>)] = nameof(SortedDictionaries),
        [typeof(IImmutableDictionary<,>)] = nameof(ImmutableDictionaries),
        [typeof(ImmutableDictionary<,>)] = nameof(ImmutableDictionaries),
        [typeof(ImmutableSortedDictionary<,>)] = nameof(ImmutableSortedDictionaries),
        [typeof(FrozenDictionary<,>)] = nameof(FrozenDictionaries),
    };

    /// <summary>The codec of a collection; null if the type is none that is known.</summary>
    /// <param name="type">The type.</param>
    /// <param name="build">Gives the codecs of what it holds.</param>
    public static ValueCodec? Find(Type type, Func<Type, ValueCodec> build)
    {
        if (type.IsSZArray)
        {
            return Make(nameof(Arrays), type, [type.GetElementType()!], build);
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        return Sequences.TryGetValue(definition, out var method) || Maps.TryGetValue(definition, out method)
            ? Make(method, type, type.GetGenericArguments(), build)
            : null;
    }

    private static ValueCodec Make(string method, Type type, Type[] arguments, Func<Type, ValueCodec> build) =>
        (ValueCodec)typeof(CollectionCodecs).GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod([type, .. arguments]).Invoke(null, [.. arguments.Select(build)])!;

    private static SequenceCodec<TAll, T> Arrays<TAll, T>(ValueCodec<T> item)
        where TAll : IEnumerable<T> => new(item, items => (TAll)(object)items.ToArray());

    private static SequenceCodec<TAll, T> Lists<TAll, T>(ValueCodec<T> item)
        where TAll : IEnumerable<T> => new(item, items => (TAll)(object)items);

    private static SequenceCodec<ImmutableArray<T>, T> ImmutableArrays<TAll, T>(ValueCodec<T> item) => new(item, items => [.. items]);

    private static SequenceCodec<TAll, T> ImmutableLists<TAll, T>(ValueCodec<T> item)
        where TAll : IEnumerable<T> => new(item, items => (TAll)(object)items.ToImmutableList());

    private static SequenceCodec<TAll, T> Sets<TAll, T>(ValueCodec<T> item)
        where TAll : IEnumerable<T> => new(item, items => (TAll)(object)items.ToHashSet());

    private static SequenceCodec<SortedSet<T>, T> SortedSets<TAll, T>(ValueCodec<T> item) => new(item, items => [.. items]);

    private static SequenceCodec<TAll, T> ImmutableSets<TAll, T>(ValueCodec<T> item)
        where TAll : IEnumerable<T> => new(item, items => (TAll)(object)items.ToImmutableHashSet());

    private static SequenceCodec<ImmutableSortedSet<T>, T> ImmutableSortedSets<TAll, T>(ValueCodec<T> item) => new(item, items => [.. items]);

    private static MapCodec<TAll, TKey, T> Dictionaries<TAll, TKey, T>(ValueCodec<TKey> key, ValueCodec<T> item)
        where TAll : IEnumerable<KeyValuePair<TKey, T>>
        where TKey : notnull => new(key, item, pairs => (TAll)(object)pairs.ToDictionary());

    private static MapCodec<SortedDictionary<TKey, T>, TKey, T> SortedDictionaries<TAll, TKey, T>(ValueCodec<TKey> key, ValueCodec<T> item)
        where TKey : notnull => new(key, item, pairs => new SortedDictionary<TKey, T>(pairs.ToDictionary()));

    private static MapCodec<TAll, TKey, T> ImmutableDictionaries<TAll, TKey, T>(ValueCodec<TKey> key, ValueCodec<T> item)
        where TAll : IEnumerable<KeyValuePair<TKey, T>>
        where TKey : notnull => new(key, item, pairs => (TAll)(object)pairs.ToImmutableDictionary());

    private static MapCodec<ImmutableSortedDictionary<TKey, T>, TKey, T> ImmutableSortedDictionaries<TAll, TKey, T>(ValueCodec<TKey> key, ValueCodec<T> item)
        where TKey : notnull => new(key, item, pairs => pairs.ToImmutableSortedDictionary());

    private static MapCodec<FrozenDictionary<TKey, T>, TKey, T> FrozenDictionaries<TAll, TKey, T>(ValueCodec<TKey> key, ValueCodec<T> item)
        where TKey : notnull => new(key, item, pairs => pairs.ToFrozenDictionary());
}

/// <summary>A collection as an array; nil for null and for an <see cref="ImmutableArray{T}"/> that was never set.</summary>
internal sealed class SequenceCodec<TAll, T>(ValueCodec<T> item, Func<List<T>, TAll> make) : ValueCodec<TAll>
    where TAll : IEnumerable<T>
{
    // What a count in the bytes may reserve before its items have been seen.
    private const int MostReserved = 1024;

    public override void Write(ref MessagePackWriter writer, TAll value, ValueWriter output)
    {
        if (value is null || (value is ImmutableArray<T> { IsDefault: true }))
        {
            writer.WriteNil();
            return;
        }

        output.Enter();
        var items = value switch
        {
            T[] array => array,
            ImmutableArray<T> array => array.AsSpan(),
            List<T> list => CollectionsMarshal.AsSpan(list),
            _ => value.ToArray(),
        };
        writer.WriteArrayHeader(items.Length);
        foreach (ref readonly var one in items)
        {
            item.Write(ref writer, one, output);
        }

        output.Leave();
    }

    public override TAll Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return default!;
        }

        ElementCodecs.Security.DepthStep(ref reader);
        var count = reader.ReadArrayHeader();
        var items = new List<T>(Math.Min(count, MostReserved));
        for (var i = 0; i < count; i++)
        {
            items.Add(item.Read(ref reader));
        }

        reader.Depth--;
        return make(items);
    }
}

/// <summary>A dictionary as a map; nil for null.</summary>
internal sealed class MapCodec<TAll, TKey, T>(ValueCodec<TKey> key, ValueCodec<T> item, Func<List<KeyValuePair<TKey, T>>, TAll> make) : ValueCodec<TAll>
    where TAll : IEnumerable<KeyValuePair<TKey, T>>
    where TKey : notnull
{
    private const int MostReserved = 1024;

    public override void Write(ref MessagePackWriter writer, TAll value, ValueWriter output)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        output.Enter();
        var pairs = value.ToArray();
        writer.WriteMapHeader(pairs.Length);
        foreach (var (name, one) in pairs)
        {
            key.Write(ref writer, name, output);
            item.Write(ref writer, one, output);
        }

        output.Leave();
    }

    public override TAll Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return default!;
        }

        ElementCodecs.Security.DepthStep(ref reader);
        var count = reader.ReadMapHeader();
        var pairs = new List<KeyValuePair<TKey, T>>(Math.Min(count, MostReserved));
        for (var i = 0; i < count; i++)
        {
            var name = key.Read(ref reader) ?? throw new InvalidDataException("A dictionary's key is null.");
            pairs.Add(new(name, item.Read(ref reader)));
        }

        reader.Depth--;
        return make(pairs);
    }
}
