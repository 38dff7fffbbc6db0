using System.Globalization;

namespace JellyBean.Workflows.Inputs;

/// <summary>The configuration of one source: keys and values, and the errors found while reading them.</summary>
/// <remarks>Every key that a factory reads counts as known; a key that nobody read is reported, so that a typo is not a silent default.</remarks>
/// <param name="path">Where the keys stand, as in <c>jellybean.inputs.cameras.north</c>; errors name it.</param>
/// <param name="name">The source's name.</param>
/// <param name="values">Keys in kebab case and their values.</param>
/// <param name="origins">Where each key was written, as in <c>cameras.conf:12</c>, and under an empty key the source itself; errors tell it where it is known.</param>
public sealed class SourceSettings(string path, string name, IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, string>? origins = null)
{
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The source's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether all of its keys could be read: those that are missing are no error otherwise.</summary>
    internal bool IsWhole { get; init; } = true;

    /// <summary>What was wrong with the values read so far.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>A text, or <paramref name="fallback"/> where the key is missing.</summary>
    public string? Text(string key, string? fallback = null)
    {
        _known.Add(key);
        return values.TryGetValue(key, out var value) ? value : fallback;
    }

    /// <summary>A text that must be there; empty, with an error, where it is not.</summary>
    public string RequiredText(string key, string meaning)
    {
        var value = Text(key);
        if (string.IsNullOrWhiteSpace(value))
        {
            if (IsWhole)
            {
                Reject(key, "is missing", meaning);
            }

            return "";
        }

        return value;
    }

    /// <summary>A number within bounds, or <paramref name="fallback"/> where the key is missing or wrong.</summary>
    public double? Number(string key, double least, double most, double? fallback = null)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Reject(key, $"is '{text}'", string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));
        return fallback;
    }

    /// <summary>Records an error about a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="found">What was found, as in <c>is 'abc'</c>.</param>
    /// <param name="allowed">What is allowed.</param>
    public void Reject(string key, string found, string allowed) => _errors.Add($"{path}.{key} {found}{Origin(key)}; allowed: {allowed}.");

    /// <summary>Records that a key's value is none of the names that there are, and which of them may be meant.</summary>
    internal void RejectName(string key, string found, IReadOnlyCollection<string> names) =>
        _errors.Add($"{path}.{key} is '{found}'{Origin(key)}; allowed: {string.Join(", ", names)}.{Spelling.DidYouMean(found, names)}");

    /// <summary>Reports the keys that nobody read, each once however often this is called.</summary>
    public void RejectUnknown()
    {
        foreach (var key in values.Keys.Where(k => !_known.Contains(k) && _unknown.Add(k)).Order(StringComparer.Ordinal))
        {
            _errors.Add($"{path}.{key} is unknown{Origin(key)}; allowed: {string.Join(", ", _known)}.{Spelling.DidYouMean(key, _known)}");
        }
    }

    private string Origin(string key) =>
        origins is not null && (origins.TryGetValue(key, out var origin) || origins.TryGetValue("", out origin)) ? $" ({origin})" : "";
}
