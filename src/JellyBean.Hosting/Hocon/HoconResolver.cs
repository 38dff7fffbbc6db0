using System.Text;

namespace JellyBean.Hosting.Hocon;

/// <summary>Puts values in the place of references, once all files are read: first another key, then an environment variable.</summary>
internal sealed class HoconResolver(HoconObject root, Func<string, string?> environment, ICollection<string> errors)
{
    private readonly HashSet<HoconNode> _open = new(ReferenceEqualityComparer.Instance);

    /// <summary>The same tree without references and nulls. What leads nowhere is an error, unless it is optional.</summary>
    public HoconObject Resolve() => (HoconObject)Resolve(root)!;

    private HoconNode? Resolve(HoconNode node) => node switch
    {
        HoconObject o => ResolveObject(o),
        HoconArray a => new HoconArray([.. a.Items.Select(Resolve).OfType<HoconNode>()], a.Origin),
        HoconPending p => ResolvePending(p),
        HoconNull => null,
        _ => node,
    };

    private HoconObject ResolveObject(HoconObject source)
    {
        var result = new HoconObject(source.Origin);
        foreach (var key in source.Keys)
        {
            if (Resolve(source[key]!) is { } value)
            {
                result.Set(key, value);
            }
        }

        return result;
    }

    private HoconNode? ResolvePending(HoconPending pending)
    {
        if (!_open.Add(pending))
        {
            errors.Add($"{pending.Origin}: the reference leads back to itself; give the key a value of its own.");
            return null;
        }

        var text = new StringBuilder();
        var isFound = false;
        foreach (var part in pending.Parts)
        {
            var value = part.IsReference ? Lookup(part.Text) : part.Text;
            isFound |= value is not null;
            text.Append(value);
            if (value is null && !part.IsOptional)
            {
                errors.Add($"{pending.Origin}: ${{{part.Text}}} is neither a key nor an environment variable; set it, or write ${{?{part.Text}}} where it may be missing.");
            }
        }

        _open.Remove(pending);
        return isFound ? new HoconText(text.ToString(), pending.Origin)
            : pending.Previous is { } previous ? Resolve(previous)
            : null;
    }

    private string? Lookup(string name)
    {
        HoconNode? node = root;
        foreach (var key in name.Split('.'))
        {
            node = node is HoconObject o ? o[key] : null;
        }

        return node is not null && Resolve(node) is HoconText text ? text.Value : environment(name);
    }
}
