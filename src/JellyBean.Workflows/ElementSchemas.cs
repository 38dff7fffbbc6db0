using System.Reflection;

namespace JellyBean.Workflows;

/// <summary>Describes element types as text, with all they are made of, so that two programs can tell whether they encode them alike.</summary>
internal sealed class ElementSchemas
{
    private readonly HashSet<Type> _described = [];
    private readonly SortedSet<string> _lines = new(StringComparer.Ordinal);

    /// <summary>A line for each type that is not the framework's, in a fixed order.</summary>
    public IEnumerable<string> Lines => _lines;

    /// <summary>Where these types' code is.</summary>
    public IEnumerable<Module> Modules => _described.Where(t => !IsFrameworks(t)).Select(t => t.Module);

    public void Add(Type type)
    {
        if (!_described.Add(type))
        {
            return;
        }

        // The framework's own types mean the same everywhere; only what they hold can be the user's.
        if (type.HasElementType || IsFrameworks(type))
        {
            AddAll(type.HasElementType ? [type.GetElementType()!] : type.GetGenericArguments());
            return;
        }

        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(name => $"{name}={Enum.Format(type, Enum.Parse(type, name), "d")}");
            _lines.Add($"{type} enum {Enum.GetUnderlyingType(type)} {string.Join(' ', names)}");
            return;
        }

        // Records are encoded in the order of their constructor.
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        var constructors = type.GetConstructors()
            .Select(c => $"({string.Join(", ", c.GetParameters().Select(p => $"{p.Name}:{p.ParameterType}"))})")
            .Order(StringComparer.Ordinal);
        _lines.Add($"{type} {string.Join(' ', properties.Select(p => $"{p.Name}:{p.PropertyType}"))} new {string.Join(' ', constructors)}");
        AddAll([.. type.GetGenericArguments(), .. properties.Select(p => p.PropertyType)]);
    }

    private static bool IsFrameworks(Type type) =>
        type.HasElementType
            ? IsFrameworks(type.GetElementType()!)
            : type.Module == typeof(object).Module || type.Namespace is "System" || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true;

    private void AddAll(IEnumerable<Type> types)
    {
        foreach (var type in types)
        {
            Add(type);
        }
    }
}
