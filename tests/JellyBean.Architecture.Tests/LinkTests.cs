using System.Text.RegularExpressions;

namespace JellyBean.Architecture.Tests;

/// <summary>What a guide points at is there.</summary>
public partial class LinkTests
{
    public static TheoryData<string> Guides => [.. new[] { "docs", "examples", "hocon", "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories).Where(file => !Repository.Built().IsMatch(file)))
        .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
        .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Guides))]
    public void Links_of_a_guide_lead_to_files_and_headings_that_there_are(string guide)
    {
        var path = Path.Combine(Repository.Root, guide);
        var links = Link().Matches(File.ReadAllText(path)).Select(m => (File: m.Groups["file"].Value, Heading: m.Groups["heading"].Value)).ToList();

        Assert.All(links, link =>
        {
            var target = link.File.Length == 0 ? path : Path.Combine(Path.GetDirectoryName(path)!, link.File);
            Assert.True(Path.Exists(target), $"{guide} links to {link.File}, which is not there.");
            Assert.True(link.Heading.Length == 0 || Anchors(target).Contains(link.Heading), $"{guide} links to {link.File}#{link.Heading}, but that has no such heading.");
        });
    }

    private static IEnumerable<string> Anchors(string file) =>
        Heading().Matches(File.ReadAllText(file)).Select(m => NoAnchor().Replace(m.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?!https?:)(?<file>[^)#\s]*)(?:#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
