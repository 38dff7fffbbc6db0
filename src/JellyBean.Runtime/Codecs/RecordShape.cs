using System.Collections.Immutable;
using System.Reflection;

namespace JellyBean.Runtime.Codecs;

/// <summary>What of a type is sent, in which order, and how it is made again.</summary>
/// <param name="Constructor">What makes it; null for a structure that is made empty.</param>
/// <param name="Members">First what the constructor takes, then what is set.</param>
/// <param name="Taken">How many of them the constructor takes.</param>
/// <param name="Problem">Why it cannot be made again; null if it can.</param>
internal sealed record RecordShape(ConstructorInfo? Constructor, ImmutableArray<RecordMember> Members, int Taken, string? Problem)
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;

    public static RecordShape Of(Type type)
    {
        var readable = type.GetProperties(Public).Where(p => p.GetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
            .Select(p => new RecordMember(p, p.PropertyType, p.SetMethod is { IsPublic: true }))
            .Concat(type.GetFields(Public).Select(f => new RecordMember(f, f.FieldType, !f.IsInitOnly)))
            .ToList();
        var best = type.GetConstructors()
            .Select(c => (Constructor: c, Taken: c.GetParameters().Select(p => MemberOf(p, readable)).ToList()))
            .Where(c => c.Taken.TrueForAll(m => m is not null))
            .OrderByDescending(c => c.Taken.Count)
            .FirstOrDefault();
        if (best.Constructor is null && !type.IsValueType)
        {
            return new RecordShape(null, [], 0, "has no public constructor whose parameters are all its properties");
        }

        List<RecordMember> taken = [.. (best.Taken ?? []).OfType<RecordMember>()];
        ImmutableArray<RecordMember> members = [.. taken, .. readable.Where(m => m.IsSettable && taken.TrueForAll(t => t.Name != m.Name))];
        return members.IsEmpty && HoldsAnything(type)
            ? new RecordShape(null, [], 0, "holds something that no public constructor takes and no setter sets")
            : new RecordShape(best.Constructor, members, taken.Count, null);
    }

    private static RecordMember? MemberOf(ParameterInfo parameter, List<RecordMember> readable) =>
        readable.Find(m => m.Type == parameter.ParameterType && m.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase));

    private static bool HoldsAnything(Type? type) =>
        type is not null && (type.GetFields(Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Length > 0 || HoldsAnything(type.BaseType));
}

/// <summary>A property or field that is sent.</summary>
internal sealed record RecordMember(MemberInfo Info, Type Type, bool IsSettable)
{
    public string Name => Info.Name;
}
