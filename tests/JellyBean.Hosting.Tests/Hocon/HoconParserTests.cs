using JellyBean.Hosting.Hocon;

namespace JellyBean.Hosting.Tests.Hocon;

public class HoconParserTests
{
    [Theory]
    [InlineData("a = 1", "a", "1")]
    [InlineData("a.b.c : x y ", "a.b.c", "x y")]
    [InlineData("{ a { b = 1 } }", "a.b", "1")]
    [InlineData("a { b = 1 }\na { c = 2 }", "a.b", "1")]
    [InlineData("a = 1 # comment\nb = 2", "a", "1")]
    [InlineData("a = 1 // comment", "a", "1")]
    [InlineData("a = file:///data/x.mp4", "a", "file:///data/x.mp4")]
    [InlineData("a = drop-oldest:5, b = 1", "a", "drop-oldest:5")]
    [InlineData("a = \"x, y\\\"\\\\\\u0041\"", "a", "x, y\"\\A")]
    [InlineData("a = \"\"\"two\nlines\"\"\"\nb = 1", "a", "two\nlines")]
    [InlineData("a = \"\"", "a", "")]
    [InlineData("\"a.b\" { c = 1 }", "a.b/c", "1")]
    [InlineData("a = [x, y\n z]", "a", "[x|y|z]")]
    [InlineData("a { b = 1 }, a = 2", "a", "2")]
    [InlineData("a = 1\na = null", "a", null)]
    [InlineData("a = ${HOME}/x", "a", "/home/me/x")]
    [InlineData("a = ${?NOPE}", "a", null)]
    [InlineData("a = here\na = ${?NOPE}", "a", "here")]
    [InlineData("a = here\na = ${?HOME}", "a", "/home/me")]
    [InlineData("a = ${b.c}\nb { c = 3 }", "a", "3")]
    [InlineData("include \"other.conf\"\na = 2", "b", "from other.conf")]
    [InlineData("s { include \"other.conf\" }", "s.b", "from other.conf")]
    public void Parser_valid_text_gives_value(string text, string path, string? expected)
    {
        var errors = new List<string>();

        var value = At(Resolve(text, errors), path.Contains('/', StringComparison.Ordinal) ? path.Split('/') : path.Split('.'));

        Assert.Empty(errors);
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("a = 1\nb {\n c = 2", "t.conf:3: the object that begins at t.conf:2 has no closing '}'")]
    [InlineData("a = 1 }", "t.conf:1: found '}' after the end; remove it, or add the opening brace")]
    [InlineData("\n\nkey", "t.conf:3: key 'key' has no value; write '=' and the value, or '{'")]
    [InlineData("uri = rtsp://admin:a,s3cret@host/x", "t.conf:1: found '@' where a key ends; quote the value before it where that has ','")]
    [InlineData("a = \"open", "t.conf:1: a quoted text has no closing '\"'")]
    [InlineData("a = [1, 2", "t.conf:1: the list has no closing ']'")]
    [InlineData("a =\nb = 1", "t.conf:1: a value is missing after '='; write \"\" for an empty text")]
    [InlineData("a = b = c", "t.conf:1: found '=' after the value of 'a'; put the next key on its own line or after ',', or quote the value")]
    [InlineData("a = ${b", "t.conf:1: a reference has no closing '}'")]
    [InlineData("a = \"\\q\"", "t.conf:1: '\\q' is no escape; use \\\\ for a backslash")]
    [InlineData("= 1", "t.conf:1: found '=' where a key should stand")]
    public void Parser_wrong_text_says_line_and_what_to_do(string text, string expected)
    {
        var wrong = Assert.Throws<HoconException>(() => Parse(text));

        Assert.Equal(expected, wrong.Message);
    }

    [Fact]
    public void Resolver_required_reference_that_leads_nowhere_is_an_error_with_its_line()
    {
        var errors = new List<string>();

        Resolve("a = 1\nb = ${NOPE}", errors);

        Assert.Equal(["t.conf:2: ${NOPE} is neither a key nor an environment variable; set it, or write ${?NOPE} where it may be missing."], errors);
    }

    [Fact]
    public void Resolver_circle_of_references_is_an_error()
    {
        var errors = new List<string>();

        Resolve("a = ${b}\nb = ${a}", errors);

        Assert.Contains(errors, e => e.Contains("leads back to itself", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_include_in_a_circle_is_an_error()
    {
        var folder = Directory.CreateTempSubdirectory("hocon-").FullName;
        var file = Path.Combine(folder, "a.conf");
        File.WriteAllText(file, "include \"a.conf\"");

        var wrong = Assert.Throws<HoconException>(() => new HoconFiles(folder).Read(file, "test"));

        Assert.Contains("in a circle", wrong.Message, StringComparison.Ordinal);
    }

    private static HoconObject Parse(string text) => HoconParser.Parse(text, "t.conf", (name, _) => HoconParser.Parse($"b = from {name}", name, (_, _) => throw new NotSupportedException()));

    private static HoconObject Resolve(string text, List<string> errors) => new HoconResolver(Parse(text), name => name == "HOME" ? "/home/me" : null, errors).Resolve();

    private static string? At(HoconNode? node, string[] path) => path.Aggregate(node, (at, key) => (at as HoconObject)?[key]) switch
    {
        HoconText text => text.Value,
        HoconArray list => $"[{string.Join('|', list.Items.Cast<HoconText>().Select(t => t.Value))}]",
        _ => null,
    };
}
