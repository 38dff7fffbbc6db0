using System.Text.RegularExpressions;

namespace JellyBean.Hosting.Tests.CommandLine;

/// <summary>What the guides tell people to type is understood.</summary>
public sealed partial class GuideTests
{
    // Always refused, so that nothing that is typed is done, and everything that is wrong with it is told.
    private static readonly string[] Refused = ["--verbosity", "none"];

    [Fact]
    public async Task Commands_of_the_guides_name_commands_and_options_that_there_are()
    {
        var root = Root();
        var commands = new[] { "README.md", "docs", "hocon", "examples", "src", "tests" }
            .Select(name => Path.Combine(root, name))
            .SelectMany(path => File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*.md", SearchOption.AllDirectories))
            .SelectMany(guide => Typed().Matches(File.ReadAllText(guide)).Select(m => (Guide: guide, Command: m.Groups["arguments"].Value.Trim())))
            .Distinct()
            .ToList();

        Assert.True(commands.Count >= 30, $"Only {commands.Count} commands were found in the guides.");
        foreach (var (guide, command) in commands)
        {
            var wrong = await WrongAsync(command);
            Assert.True(wrong.Count == 0, $"{guide}: '{command}': {string.Join(' ', wrong)}");
        }
    }

    [Theory]
    [InlineData("plan --acuracy 0.8", "--acuracy")]
    [InlineData("swop detector any", "swop")]
    [InlineData("pin detector", "Required argument")]
    [InlineData("plan --format pdf", "pdf")]
    public async Task Command_that_there_is_not_is_noticed(string command, string told) =>
        Assert.Contains(await WrongAsync(command), error => error.Contains(told, StringComparison.Ordinal));

    /// <summary>What is wrong with a command line itself, whatever the configuration that it names.</summary>
    private static async Task<IReadOnlyList<string>> WrongAsync(string command)
    {
        using var program = new TestProgram();
        var arguments = command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a == "--camera" ? "--number" : a);

        var code = await program.InvokeAsync([.. arguments, .. Refused]);

        Assert.Equal(ExitCodes.BadInput, code);
        return [.. program.Error.Split('\n').Where(line => !line.Contains("'none'", StringComparison.Ordinal) && OfTheCommandLine().IsMatch(line))];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "JellyBean.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' has JellyBean.sln. Run the tests where they are built.");
    }

    [GeneratedRegex(@"(?:\$(?:P|Q|OLD|NEW)|dotnet run [^\n`""]*--project \S*examples/\S+ --) (?<arguments>[^#`>\n]+)")]
    private static partial Regex Typed();

    [GeneratedRegex("^error: (There is no (option|command|argument) |Required |--[a-z-]+ is '|.*(argument|option).*(missing|expected|allowed))", RegexOptions.IgnoreCase)]
    private static partial Regex OfTheCommandLine();
}
