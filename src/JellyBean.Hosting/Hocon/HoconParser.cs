using System.Globalization;
using System.Text;

namespace JellyBean.Hosting.Hocon;

/// <summary>Reads HOCON: objects, arrays, dotted keys, comments, includes, references.</summary>
/// <remarks>
/// Wider than the specification in one point: an unquoted value may hold <c>:</c> and, within a word, <c>//</c>, so that
/// addresses need no quotes. Not supported: <c>+=</c>, references to objects and arrays, includes other than files.
/// </remarks>
internal sealed class HoconParser
{
    private const string EndOfUnquotedKey = "\"{}[]:=,+#`^?!@*&\\$.\n";
    private const string EndOfUnquotedValue = "\"{}[]=,#`\\$\n";

    private readonly string _text;
    private readonly string _file;
    private readonly Func<string, string, HoconObject> _include;
    private int _at;
    private int _line = 1;

    private HoconParser(string text, string file, Func<string, string, HoconObject> include)
    {
        _text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        _file = file;
        _include = include;
    }

    private string Origin => string.Create(CultureInfo.InvariantCulture, $"{_file}:{_line}");

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private bool AtEnd => _at >= _text.Length;

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">What it holds.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="include">Reads an included file, given its name and where the include stands.</param>
    /// <exception cref="HoconException">The text is not understood.</exception>
    public static HoconObject Parse(string text, string file, Func<string, string, HoconObject> include)
    {
        var parser = new HoconParser(text, file, include);
        parser.SkipSeparators();
        HoconObject root;
        if (parser.Current == '{')
        {
            root = parser.ReadObject();
            parser.SkipSeparators();
        }
        else
        {
            root = new HoconObject(parser.Origin);
            parser.ReadFields(root, closing: '\0');
        }

        return parser.AtEnd ? root : throw parser.Error($"found '{parser.Current}' after the end; remove it, or add the opening brace");
    }

    /// <summary>Reads one key, as given to <c>--set</c>.</summary>
    public static IReadOnlyList<string> ParsePath(string path, string origin)
    {
        var parser = new HoconParser(path, origin, (_, _) => throw new HoconException(origin, "cannot include"));
        var keys = parser.ReadPath();
        return parser.AtEnd ? keys : throw new HoconException(origin, $"'{path}' is no key; use words joined by '.', as in jellybean.output");
    }

    private void ReadFields(HoconObject into, char closing)
    {
        while (true)
        {
            SkipSeparators();
            if (closing == '\0' && (AtEnd || Current is '}' or ']'))
            {
                return;
            }

            if (AtEnd)
            {
                throw Error($"the object that begins at {into.Origin} has no closing '{closing}'");
            }

            if (Current == closing)
            {
                return;
            }

            ReadField(into);
        }
    }

    private void ReadField(HoconObject into)
    {
        if (TryReadInclude() is { } included)
        {
            into.Merge(included);
            return;
        }

        var origin = Origin;
        var path = ReadPath().ToArray();
        SkipSpaces();
        if (Current is '=' or ':')
        {
            _at++;
            SkipBlank();
        }
        else if (Current == '@')
        {
            // What stands before it may be the rest of a password.
            throw Error("found '@' where a key ends; quote the value before it where that has ','");
        }
        else if (Current != '{')
        {
            throw new HoconException(origin, $"key '{string.Join('.', path)}' has no value; write '=' and the value, or '{{'");
        }

        into.SetPath(path, ReadValue());
        SkipSpaces();
        if (!AtEnd && Current is not (',' or '\n' or '}'))
        {
            throw Error($"found '{Current}' after the value of '{string.Join('.', path)}'; put the next key on its own line or after ',', or quote the value");
        }
    }

    private HoconObject? TryReadInclude()
    {
        const string Word = "include";
        if (string.CompareOrdinal(_text, _at, Word, 0, Word.Length) != 0 || _at + Word.Length >= _text.Length || _text[_at + Word.Length] is not (' ' or '\t' or '"'))
        {
            return null;
        }

        var (start, origin) = (_at, Origin);
        _at += Word.Length;
        SkipSpaces();
        if (Current != '"')
        {
            // A key of that name.
            _at = start;
            return null;
        }

        return _include(ReadQuoted(), origin);
    }

    private List<string> ReadPath()
    {
        var keys = new List<string>();
        while (true)
        {
            SkipSpaces();
            if (Current == '"')
            {
                keys.Add(ReadQuoted());
            }
            else
            {
                var start = _at;
                while (!AtEnd && !EndOfUnquotedKey.Contains(Current))
                {
                    _at++;
                }

                var key = _text[start.._at].Trim();
                keys.Add(key.Length > 0 ? key : throw Error(AtEnd ? "a key is missing at the end" : $"found {Shown(Current)} where a key should stand"));
            }

            SkipSpaces();
            if (Current != '.')
            {
                return keys;
            }

            _at++;
        }
    }

    private HoconNode ReadValue()
    {
        var origin = Origin;
        switch (Current)
        {
            case '{':
                return ReadObject();
            case '[':
                return ReadArray();
            default:
                var parts = ReadParts();
                return parts switch
                {
                    [] => throw new HoconException(origin, "a value is missing after '='; write \"\" for an empty text"),
                    [{ IsReference: false } only] => only.IsOptional ? new HoconNull(origin) : new HoconText(only.Text, origin),
                    _ when parts.All(p => !p.IsReference) => new HoconText(string.Concat(parts.Select(p => p.Text)), origin),
                    _ => new HoconPending(parts, null, origin),
                };
        }
    }

    private HoconObject ReadObject()
    {
        var result = new HoconObject(Origin);
        _at++;
        ReadFields(result, '}');
        _at++;
        return result;
    }

    private HoconArray ReadArray()
    {
        var origin = Origin;
        var items = new List<HoconNode>();
        _at++;
        while (true)
        {
            SkipSeparators();
            if (AtEnd)
            {
                throw new HoconException(origin, "the list has no closing ']'");
            }

            if (Current == ']')
            {
                _at++;
                return new HoconArray(items, origin);
            }

            items.Add(ReadValue());
            SkipSpaces();
            if (!AtEnd && Current is not (',' or '\n' or ']'))
            {
                throw Error($"found {Shown(Current)} in a list; separate its values by ','");
            }
        }
    }

    /// <summary>The pieces of a value on one line; an unquoted <c>null</c> alone is one optional text.</summary>
    private List<HoconPart> ReadParts()
    {
        var parts = new List<HoconPart>();
        while (!AtEnd)
        {
            if (Current == '"')
            {
                parts.Add(new HoconPart(ReadQuoted(), false, false));
            }
            else if (Current == '$' && Next() == '{')
            {
                parts.Add(ReadReference());
            }
            else if (ReadUnquoted() is { Length: > 0 } text)
            {
                parts.Add(new HoconPart(text, false, false));
            }
            else
            {
                break;
            }
        }

        // Blanks between pieces count, around them not.
        if (parts is [.., { IsReference: false } last] && _text[_at - 1] is ' ' or '\t')
        {
            parts[^1] = last with { Text = last.Text.TrimEnd(' ', '\t') };
            if (parts[^1].Text.Length == 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return parts is [{ Text: "null", IsReference: false }] && _at > 0 && _text[_at - 1] != '"' ? [new HoconPart("", false, IsOptional: true)] : parts;
    }

    private string ReadUnquoted()
    {
        var start = _at;
        while (!AtEnd && !EndOfUnquotedValue.Contains(Current) && !IsComment())
        {
            _at++;
        }

        return _text[start.._at];
    }

    private HoconPart ReadReference()
    {
        var start = _at;
        var end = _text.IndexOf('}', _at);
        var newline = _text.IndexOf('\n', _at);
        if (end < 0 || (newline >= 0 && newline < end))
        {
            throw Error("a reference has no closing '}'");
        }

        _at = end + 1;
        var name = _text[(start + 2)..end].Trim();
        var isOptional = name.StartsWith('?');
        name = isOptional ? name[1..].Trim() : name;
        return name.Length > 0 ? new HoconPart(name, true, isOptional) : throw Error("a reference names nothing; write ${key} or ${?NAME}");
    }

    private string ReadQuoted()
    {
        if (string.CompareOrdinal(_text, _at, "\"\"\"", 0, 3) == 0)
        {
            return ReadTripleQuoted();
        }

        var text = new StringBuilder();
        _at++;
        while (Current != '"')
        {
            if (AtEnd || Current == '\n')
            {
                throw Error("a quoted text has no closing '\"'");
            }

            text.Append(Current == '\\' ? ReadEscape() : Current);
            _at++;
        }

        _at++;
        return text.ToString();
    }

    private string ReadTripleQuoted()
    {
        var start = _at + 3;
        var end = _text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("a text in triple quotes has no end");
        }

        var text = _text[start..end];
        _line += text.Count(c => c == '\n');
        _at = end + 3;
        return text;
    }

    private char ReadEscape()
    {
        _at++;
        switch (Current)
        {
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case '"' or '\\' or '/':
                return Current;
            case 'u' when _at + 4 < _text.Length && ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw Error($"'\\{Current}' is no escape; use \\\\ for a backslash");
        }
    }

    private bool IsComment() =>
        Current == '#' || (Current == '/' && Next() == '/' && (_at == 0 || _text[_at - 1] is ' ' or '\t' or '\n' or ',' or '{' or '}' or '[' or ']'));

    private char Next() => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private void SkipSpaces()
    {
        while (Current is ' ' or '\t')
        {
            _at++;
        }

        if (!AtEnd && IsComment())
        {
            while (!AtEnd && Current != '\n')
            {
                _at++;
            }
        }
    }

    // A value may begin on the line after '=' only if it is an object or a list: else an empty value would swallow the next key.
    private void SkipBlank()
    {
        SkipSpaces();
        var (at, line) = (_at, _line);
        while (Current == '\n')
        {
            _at++;
            _line++;
            SkipSpaces();
        }

        if (Current is not ('{' or '['))
        {
            (_at, _line) = (at, line);
        }
    }

    private void SkipSeparators()
    {
        SkipSpaces();
        while (Current is '\n' or ',')
        {
            _line += Current == '\n' ? 1 : 0;
            _at++;
            SkipSpaces();
        }
    }

    private HoconException Error(string message) => new(Origin, message);

    private static string Shown(char c) => c switch
    {
        '\n' => "the end of the line",
        '\0' => "the end",
        _ => $"'{c}'",
    };
}
