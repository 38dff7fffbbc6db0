using System.Collections.Immutable;

namespace JellyBean.Runtime.Codecs;

/// <summary>Builds the codecs of a type and of all that it holds.</summary>
internal sealed class CodecBuilder(IReadOnlyDictionary<Type, ValueCodec> payloads, IReadOnlyDictionary<Type, ValueCodec> known)
{
    private readonly Dictionary<Type, ValueCodec> _made = [];

    /// <summary>What was built.</summary>
    public IReadOnlyDictionary<Type, ValueCodec> Made => _made;

    /// <inheritdoc cref="ElementCodecs.For(Type)" />
    public ValueCodec Build(Type type)
    {
        if (known.TryGetValue(type, out var codec) || _made.TryGetValue(type, out codec))
        {
            return codec;
        }

        // A type may hold itself: what asks for it meanwhile gets a promise.
        var promise = (IPromise)Activator.CreateInstance(typeof(PromisedCodec<>).MakeGenericType(type))!;
        _made[type] = (ValueCodec)promise;
        codec = Choose(type);
        promise.Keep(codec);
        return _made[type] = codec;
    }

    private ValueCodec Choose(Type type)
    {
        if (payloads.TryGetValue(type, out var payload))
        {
            return payload;
        }

        if (PlainCodecs.Find(type) is { } plain)
        {
            return plain;
        }

        if (type.IsEnum)
        {
            return Make(typeof(EnumCodec<,>), [type, Enum.GetUnderlyingType(type)], Build(Enum.GetUnderlyingType(type)));
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Make(typeof(NullableCodec<>), [inner], Build(inner));
        }

        if (CollectionCodecs.Find(type, Build) is { } collection)
        {
            return collection;
        }

        var derived = Derived(type);
        if (derived.Length > 0)
        {
            return Make(typeof(FamilyCodec<>), [type], derived, derived.Select(d => d == type ? RecordOf(d) : Build(d)).ToArray());
        }

        if (type.IsAbstract || type == typeof(object) || type.IsPointer || type.IsByRefLike || typeof(Delegate).IsAssignableFrom(type))
        {
            throw Refuse(type, type.IsAbstract ? "is abstract, and nothing in its assembly derives from it" : "does not say what it holds");
        }

        return RecordOf(type);
    }

    private ValueCodec RecordOf(Type type)
    {
        var shape = RecordShape.Of(type);
        return shape.Problem is { } problem
            ? throw Refuse(type, problem)
            : Make(typeof(RecordCodec<>), [type], shape, shape.Members.Select(m => Build(m.Type)).ToImmutableArray());
    }

    // The fingerprint covers the build of the module, so both ends find the same types in the same order.
    private static Type[] Derived(Type type)
    {
        if (type.IsValueType || type.IsSealed || type == typeof(object) || type.Module == typeof(object).Module)
        {
            return [];
        }

        var derived = type.Module.GetTypes().Where(t => t is { IsAbstract: false, IsInterface: false, ContainsGenericParameters: false } && type.IsAssignableFrom(t));
        var all = derived.OrderBy(t => t.FullName, StringComparer.Ordinal).ToArray();
        return all.Length == 1 && all[0] == type ? [] : all;
    }

    private static ValueCodec Make(Type generic, Type[] arguments, params object[] values) =>
        (ValueCodec)Activator.CreateInstance(generic.MakeGenericType(arguments), values)!;

    private static CodecException Refuse(Type type, string why) =>
        new($"{type} cannot be sent: it {why}. Elements and what they hold may be numbers, text, times, bytes, collections and dictionaries of these, and types whose public constructor takes, or whose setters set, what they hold; register a payload codec for anything else.");
}
