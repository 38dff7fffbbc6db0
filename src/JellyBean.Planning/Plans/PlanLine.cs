using System.Globalization;
using System.Text;

namespace JellyBean.Planning.Plans;

/// <summary>One line of a plan's text.</summary>
internal sealed class PlanLine
{
    private readonly int _number;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private PlanLine(int number, string[] words)
    {
        _number = number;
        Word = words[0];
        Subject = words.Length > 1 ? Unescape(words[1]) : throw Error($"is '{Word}' alone; expected: what it is about");
        foreach (var pair in words.Skip(2))
        {
            var split = pair.IndexOf('=');
            if (split <= 0 || !_values.TryAdd(pair[..split], Unescape(pair[(split + 1)..])))
            {
                throw Error($"has '{pair}'; expected: key=value, each key once");
            }
        }
    }

    public string Word { get; }

    public string Subject { get; }

    public static IEnumerable<PlanLine> Read(string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && words[0][0] != '#')
            {
                yield return new PlanLine(number, words);
            }
        }
    }

    /// <summary>Writes what would end a word as <c>%</c> and four hexadecimal digits; an empty text as <c>%0000</c>.</summary>
    public static string Escape(string value)
    {
        var text = new StringBuilder(value.Length == 0 ? "%0000" : "");
        foreach (var c in value)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c) || c == '%')
            {
                text.Append(CultureInfo.InvariantCulture, $"%{(int)c:X4}");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    public string? Optional(string key) => _values.GetValueOrDefault(key);

    public string Text(string key) => Optional(key) ?? throw Error($"has no {key}; expected: {key}=…");

    public void Expect(string key, string value)
    {
        if (Text(key) != value)
        {
            throw Error($"has {key}={Text(key)}; expected: {value}. It was written by another version of this program");
        }
    }

    public int Int(string key) => int.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : throw NoNumber(key, "a whole number");

    public long Long(string key) => long.TryParse(Text(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : throw NoNumber(key, "a whole number");

    public double Double(string key) =>
        double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : throw NoNumber(key, "a finite number");

    /// <summary>A number, or infinity where there is no bound.</summary>
    public double Bound(string key) =>
        double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !double.IsNaN(value) ? value : throw NoNumber(key, "a number");

    public FormatException Error(string what) => new(string.Create(CultureInfo.InvariantCulture, $"Line {_number} of the plan {what}."));

    private FormatException NoNumber(string key, string expected) => Error($"has {key}={Text(key)}; expected: {expected}");

    private string Unescape(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '%')
            {
                text.Append(value[i]);
                continue;
            }

            if (i + 4 >= value.Length || !ushort.TryParse(value.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                throw Error($"has '{value}'; expected: four hexadecimal digits after %");
            }

            if (code != 0)
            {
                text.Append((char)code);
            }

            i += 4;
        }

        return text.ToString();
    }
}
