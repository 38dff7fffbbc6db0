using System.Globalization;
using JellyBean.Hosting.Hocon;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads the keys of a section into values, collects what is wrong, and knows which keys nobody asked for.</summary>
/// <param name="section">The section; null where it is missing, which reads as empty.</param>
/// <param name="path">Where it stands, as in <c>jellybean.planning</c>.</param>
/// <param name="errors">Takes what is wrong: key, what was found, what is allowed.</param>
/// <param name="isWhole">Whether all of it could be read: keys that are missing are no error otherwise.</param>
internal sealed class SectionReader(HoconObject? section, string path, ICollection<string> errors, bool isWhole = true)
{
    private static readonly (string Unit, double Factor)[] SizeUnits =
    [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1),
    ];

    private static readonly (string Unit, double Factor)[] BandwidthUnits =
    [
        ("kbit/s", 1e3 / 8), ("Mbit/s", 1e6 / 8), ("Gbit/s", 1e9 / 8), ("kB/s", 1e3), ("MB/s", 1e6), ("GB/s", 1e9), ("B/s", 1),
    ];

    private static readonly (string Unit, double Factor)[] TimeUnits = [("ms", 1), ("s", 1e3), ("m", 60e3), ("h", 3600e3)];

    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    public string Path => path;

    /// <summary>File and line where it begins, as in <c>laptop.conf:4</c>; null where it is missing.</summary>
    public string? Origin => section?.Origin;

    public bool IsPresent => section is not null;

    /// <summary>All keys, for sections whose keys are names that users choose.</summary>
    public IEnumerable<string> Keys => section?.Keys ?? [];

    public string? Text(string key)
    {
        _known.Add(key);
        switch (section?[key])
        {
            case null:
                return null;
            case HoconText text:
                return text.Value;
            case var other:
                Reject(key, $"is {(other is HoconArray ? "a list" : "a section")}", "a single value");
                return null;
        }
    }

    /// <summary>Whether a key has a single value, where a list is allowed too.</summary>
    public bool IsText(string key) => section?[key] is HoconText;

    public string RequiredText(string key, string allowed)
    {
        if (Text(key) is { } text)
        {
            return text;
        }

        if (section?[key] is null && isWhole)
        {
            Reject(key, "is missing", allowed);
        }

        return "";
    }

    public double? Number(string key, double least, double most, string? allowed = null)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Reject(key, $"is '{text}'", allowed ?? (double.IsPositiveInfinity(most)
            ? string.Create(CultureInfo.InvariantCulture, $"a number, {least} or more")
            : string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}")));
        return null;
    }

    public double RequiredNumber(string key, double least, double most)
    {
        RequiredText(key, string.Create(CultureInfo.InvariantCulture, $"a number, {least} or more"));
        return Number(key, least, most) ?? least;
    }

    public int? Integer(string key, int least, int most)
    {
        var value = Number(key, least, most, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
        if (value is { } number && number != Math.Floor(number))
        {
            Reject(key, $"is '{Text(key)}'", string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
            return null;
        }

        return (int?)value;
    }

    public bool? Flag(string key)
    {
        switch (Text(key))
        {
            case null:
                return null;
            case "true" or "on" or "yes":
                return true;
            case "false" or "off" or "no":
                return false;
            case var text:
                Reject(key, $"is '{text}'", "true, false");
                return null;
        }
    }

    public TimeSpan? Duration(string key) =>
        Quantity(key, TimeUnits, "a time with its unit, as in 500ms, 10s, 5m") is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    public long? Bytes(string key) => (long?)Quantity(key, SizeUnits, "a size with its unit, as in 512 MiB, 4 GiB");

    public double? Bandwidth(string key)
    {
        if (Quantity(key, BandwidthUnits, "a bandwidth with its unit, as in 20 Mbit/s, 5 MB/s") is not 0.0 and var bandwidth)
        {
            return bandwidth;
        }

        Reject(key, $"is '{Text(key)}'", "a bandwidth above 0. Leave the link out where nothing can be sent");
        return null;
    }

    public T? Choice<T>(string key, params ReadOnlySpan<(string Name, T Value)> choices)
        where T : struct
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        var names = new List<string>();
        foreach (var (name, value) in choices)
        {
            names.Add(name);
            if (name == text)
            {
                return value;
            }
        }

        RejectName(key, names);
        return null;
    }

    public IReadOnlyList<string> Texts(string key)
    {
        _known.Add(key);
        switch (section?[key])
        {
            case null:
                return [];
            case HoconArray list when list.Items.All(i => i is HoconText):
                return [.. list.Items.Cast<HoconText>().Select(t => t.Value)];
            default:
                Reject(key, "is no list of texts", "a list, as in [a, b]");
                return [];
        }
    }

    /// <summary>A section below this one; it reads as empty where it is missing.</summary>
    public SectionReader Section(string key)
    {
        _known.Add(key);
        if (section?[key] is not (null or HoconObject))
        {
            Reject(key, section[key] is HoconText text ? $"is '{Credentials.Hidden(text.Value)}'" : "is a list", "a section in braces");
        }

        return new SectionReader(section?[key] as HoconObject, $"{path}.{key}", errors, isWhole);
    }

    /// <summary>The sections below this one, whose names users choose.</summary>
    public IEnumerable<(string Name, SectionReader Section)> Sections() => Keys.Select(k => (k, Section(k)));

    /// <summary>Everything in it as flat texts, lists joined by commas, and where each was written, with the section itself under an empty key: for readers that are not ours.</summary>
    public (Dictionary<string, string> Values, Dictionary<string, string> Origins) Flatten()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var origins = new Dictionary<string, string>(StringComparer.Ordinal);
        if (section is not null)
        {
            origins[""] = section.Origin;
            Flatten(section, "", values, origins);
        }

        return (values, origins);
    }

    public void Reject(string key, string found, string allowed) => errors.Add(Message(key, found, allowed));

    /// <summary>Reports that a key's value is none of the names that there are, and which of them may be meant.</summary>
    public void RejectName(string key, IReadOnlyCollection<string> names)
    {
        var found = Text(key) ?? "";
        errors.Add(Message(key, $"is '{found}'", string.Join(", ", names)) + Spelling.DidYouMean(found, names));
    }

    /// <summary>Reports an option whose key is its name.</summary>
    public void RejectOption(string option, object found, string allowed) => Reject(KeyOf(option), $"is {found}", allowed);

    /// <summary>An option's key: <c>JoinDeadline</c> is <c>join-deadline</c>.</summary>
    public static string KeyOf(string option) => string.Concat(option.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void RejectUnknown()
    {
        foreach (var key in Keys.Where(k => !_known.Contains(k)))
        {
            errors.Add(Message(key, "is unknown", _known.Count > 0 ? string.Join(", ", _known) : "nothing") + Spelling.DidYouMean(key, _known));
        }
    }

    private string Message(string key, string found, string allowed)
    {
        var where = section?[key] is { } node ? $" ({node.Origin})" : section is { } here ? $" ({here.Origin})" : "";
        return $"{path}.{key} {found}{where}; allowed: {allowed}.";
    }

    private static void Flatten(HoconObject from, string prefix, Dictionary<string, string> into, Dictionary<string, string> origins)
    {
        foreach (var key in from.Keys)
        {
            origins[prefix + key] = from[key]!.Origin;
            switch (from[key])
            {
                case HoconObject below:
                    Flatten(below, $"{prefix}{key}.", into, origins);
                    break;
                case HoconArray list:
                    into[prefix + key] = string.Join(',', list.Items.OfType<HoconText>().Select(t => t.Value));
                    break;
                case HoconText text:
                    into[prefix + key] = text.Value;
                    break;
            }
        }
    }

    private double? Quantity(string key, (string Unit, double Factor)[] units, string allowed)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        // Longer units first: "ms" ends in "s" too.
        foreach (var (unit, factor) in units.OrderByDescending(u => u.Unit.Length))
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length).Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) && number >= 0)
            {
                return number * factor;
            }
        }

        Reject(key, $"is '{text}'", allowed);
        return null;
    }
}
