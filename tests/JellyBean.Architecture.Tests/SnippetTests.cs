using System.Text.RegularExpressions;

namespace JellyBean.Architecture.Tests;

/// <summary>What a guide shows is what is compiled and run.</summary>
public partial class SnippetTests
{
    private static readonly string[] Compiled = [".cs", ".csproj", ".conf"];

    private static readonly Lazy<IReadOnlyList<string>> Sources = new(() =>
    [
        .. new[] { "examples", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => Compiled.Contains(Path.GetExtension(file)) && !Repository.Built().IsMatch(file))
            .Select(file => Flush(File.ReadAllText(file))),
    ]);

    [Theory]
    [InlineData("README.md", 3)]
    [InlineData("docs/own-program.md", 12)]
    [InlineData("src/JellyBean.Testing/README.md", 1)]
    public void Snippets_of_a_guide_are_copied_from_files_that_are_compiled(string guide, int least)
    {
        var snippets = Snippet().Matches(File.ReadAllText(Path.Combine(Repository.Root, guide))).Select(m => Flush(m.Groups["code"].Value)).ToList();

        Assert.True(snippets.Count >= least, $"{guide} has only {snippets.Count} snippets.");
        Assert.All(snippets, snippet => Assert.True(Sources.Value.Any(s => s.Contains(snippet, StringComparison.Ordinal)), $"In no file under examples or tests:\n{snippet}"));
    }

    /// <summary>A guide shows code without what stands around it, so without its indentation.</summary>
    private static string Flush(string code) => Indentation().Replace(code, "");

    [GeneratedRegex(@"^```(?:csharp|xml|hocon)\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Snippet();

    [GeneratedRegex("^[ \t]+", RegexOptions.Multiline)]
    private static partial Regex Indentation();
}
