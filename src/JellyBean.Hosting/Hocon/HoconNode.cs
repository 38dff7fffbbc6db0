namespace JellyBean.Hosting.Hocon;

/// <summary>A value in a configuration, and where it was written.</summary>
/// <param name="Origin">File and line, as in <c>cameras.conf:12</c>, or the option that gave it.</param>
internal abstract record HoconNode(string Origin);

/// <summary>A text, number or truth value, as it was written.</summary>
internal sealed record HoconText(string Value, string Origin) : HoconNode(Origin);

/// <summary>Takes a key away that was set before.</summary>
internal sealed record HoconNull(string Origin) : HoconNode(Origin);

/// <summary>Several values in order.</summary>
internal sealed record HoconArray(IReadOnlyList<HoconNode> Items, string Origin) : HoconNode(Origin);

/// <summary>Text with references that are known only when all files are read.</summary>
/// <param name="Parts">Texts and references, in order.</param>
/// <param name="Previous">What stood there before: it stays where an optional reference leads nowhere.</param>
/// <param name="Origin">Where it was written.</param>
internal sealed record HoconPending(IReadOnlyList<HoconPart> Parts, HoconNode? Previous, string Origin) : HoconNode(Origin);

/// <summary>A piece of a value: text, or a reference such as <c>${?NAME}</c>.</summary>
internal readonly record struct HoconPart(string Text, bool IsReference, bool IsOptional);

/// <summary>Keys and values, in the order of writing. Mutable while files are read, then left alone.</summary>
internal sealed record HoconObject(string Origin) : HoconNode(Origin)
{
    private readonly Dictionary<string, HoconNode> _values = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, List<HoconNode>> _replaced = new(StringComparer.Ordinal);

    /// <summary>The keys, in the order of writing.</summary>
    public IEnumerable<string> Keys => _order;

    public HoconNode? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Every value that was written for a key, the one in force last.</summary>
    public IEnumerable<HoconNode> Written(string key) => [.. _replaced.GetValueOrDefault(key, []), .. this[key] is { } last ? [last] : Array.Empty<HoconNode>()];

    /// <summary>Sets a key; objects are merged, other values replaced.</summary>
    public void Set(string key, HoconNode value)
    {
        if (_values.TryGetValue(key, out var before) && before is HoconObject old && value is HoconObject added)
        {
            old.Merge(added);
        }
        else
        {
            Replace(key, value is HoconPending pending && pending.Previous is null ? pending with { Previous = before } : value);
        }
    }

    /// <summary>Sets the value at the end of a path, with the objects on the way.</summary>
    public void SetPath(ReadOnlySpan<string> path, HoconNode value)
    {
        if (path.Length == 1)
        {
            Set(path[0], value);
        }
        else
        {
            Step(path[0], value.Origin).SetPath(path[1..], value);
        }
    }

    /// <summary>Sets the value at the end of a path and forgets what stood there, objects too.</summary>
    public void ReplacePath(ReadOnlySpan<string> path, HoconNode value)
    {
        if (path.Length == 1)
        {
            Replace(path[0], value);
        }
        else
        {
            Step(path[0], value.Origin).ReplacePath(path[1..], value);
        }
    }

    public void Merge(HoconObject other)
    {
        foreach (var key in other._order)
        {
            foreach (var written in other.Written(key))
            {
                Set(key, written);
            }
        }
    }

    public bool Equals(HoconObject? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    private HoconObject Step(string key, string origin)
    {
        if (this[key] is not HoconObject child)
        {
            child = new HoconObject(origin);
            Replace(key, child);
        }

        return child;
    }

    private void Replace(string key, HoconNode value)
    {
        if (!_values.TryGetValue(key, out var before))
        {
            _order.Add(key);
        }
        else if (_replaced.TryGetValue(key, out var earlier))
        {
            earlier.Add(before);
        }
        else
        {
            _replaced[key] = [before];
        }

        _values[key] = value;
    }
}
