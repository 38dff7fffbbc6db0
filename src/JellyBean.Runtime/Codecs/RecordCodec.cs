using System.Collections.Immutable;
using System.Linq.Expressions;
using MessagePack;

namespace JellyBean.Runtime.Codecs;

/// <summary>A record as the array of its members; nil for null.</summary>
internal sealed class RecordCodec<T> : ValueCodec<T>
{
    private readonly int _count;
    private readonly bool _mayBeOther = !typeof(T).IsSealed;
    private readonly WriteMembers _write;
    private readonly ReadMembers _read;

    public RecordCodec(RecordShape shape, ImmutableArray<ValueCodec> codecs)
    {
        _count = codecs.Length;
        _write = CompileWrite(shape, codecs);
        _read = CompileRead(shape, codecs);
    }

    private delegate void WriteMembers(ref MessagePackWriter writer, T value, ValueWriter output);

    private delegate T ReadMembers(ref MessagePackReader reader);

    public override void Write(ref MessagePackWriter writer, T value, ValueWriter output)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        if (_mayBeOther && value.GetType() != typeof(T))
        {
            throw new CodecException($"A {value.GetType()} cannot be sent as a {typeof(T)}: only types of the same assembly can stand for each other.");
        }

        output.Enter();
        writer.WriteArrayHeader(_count);
        _write(ref writer, value, output);
        output.Leave();
    }

    public override T Read(ref MessagePackReader reader)
    {
        if (default(T) is null && reader.TryReadNil())
        {
            return default!;
        }

        ElementCodecs.Security.DepthStep(ref reader);
        if (reader.ReadArrayHeader() is var found && found != _count)
        {
            throw new InvalidDataException($"A {typeof(T)} has {found} members; expected {_count}.");
        }

        var value = _read(ref reader);
        reader.Depth--;
        return value;
    }

    private static WriteMembers CompileWrite(RecordShape shape, ImmutableArray<ValueCodec> codecs)
    {
        var writer = Expression.Parameter(typeof(MessagePackWriter).MakeByRefType(), "writer");
        var value = Expression.Parameter(typeof(T), "value");
        var output = Expression.Parameter(typeof(ValueWriter), "output");
        var steps = shape.Members.Select((member, i) => (Expression)Expression.Call(
            Expression.Constant(codecs[i], CodecOf(member)),
            nameof(Write),
            null,
            writer,
            Expression.MakeMemberAccess(value, member.Info),
            output));
        return Expression.Lambda<WriteMembers>(Expression.Block(typeof(void), steps.Append(Expression.Empty())), writer, value, output).Compile();
    }

    private static ReadMembers CompileRead(RecordShape shape, ImmutableArray<ValueCodec> codecs)
    {
        var reader = Expression.Parameter(typeof(MessagePackReader).MakeByRefType(), "reader");
        var values = shape.Members.Select((member, i) => Expression.Call(Expression.Constant(codecs[i], CodecOf(member)), nameof(Read), null, reader)).ToList();
        var made = shape.Constructor is { } constructor ? Expression.New(constructor, values.Take(shape.Taken)) : Expression.New(typeof(T));
        var set = shape.Members.Zip(values).Skip(shape.Taken).Select(m => Expression.Bind(m.First.Info, m.Second)).ToList();
        return Expression.Lambda<ReadMembers>(set.Count == 0 ? made : Expression.MemberInit(made, set), reader).Compile();
    }

    private static Type CodecOf(RecordMember member) => typeof(ValueCodec<>).MakeGenericType(member.Type);
}
