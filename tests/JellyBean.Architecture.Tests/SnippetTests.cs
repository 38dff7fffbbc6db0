using System.Text.RegularExpressions;

namespace JellyBean.Architecture.Tests;

/// <summary>What a guide shows is what is compiled and run.</summary>
public partial class SnippetTests
{
    private static readonly string[] Compiled = [".cs", ".csproj", ".conf"];

    [Theory]
    [InlineData("docs/own-program.md")]
    public void Snippets_of_a_guide_are_copied_from_files_that_are_compiled(string guide)
    {
        var sources = new[] { "examples", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => Compiled.Contains(Path.GetExtension(file)) && !Built().IsMatch(file))
            .Select(File.ReadAllText)
            .ToList();
        var snippets = Snippet().Matches(File.ReadAllText(Path.Combine(Repository.Root, guide))).Select(m => m.Groups["code"].Value).ToList();

        Assert.True(snippets.Count >= 10, $"{guide} has only {snippets.Count} snippets.");
        Assert.All(snippets, snippet => Assert.True(sources.Any(s => s.Contains(snippet, StringComparison.Ordinal)), $"In no file under examples or tests:\n{snippet}"));
    }

    [GeneratedRegex(@"^```(?:csharp|xml|hocon)\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"[/\\](?:bin|obj)[/\\]")]
    private static partial Regex Built();
}
