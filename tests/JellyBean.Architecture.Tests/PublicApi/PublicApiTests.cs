using System.Reflection;

namespace JellyBean.Architecture.Tests.PublicApi;

public class PublicApiTests
{
    private const string Update = "JELLYBEAN_UPDATE_PUBLIC_API";

    /// <summary>A change of what users build upon shows in the diff of a text file.</summary>
    [Theory]
    [InlineData("JellyBean.Workflows")]
    [InlineData("JellyBean.Planning")]
    [InlineData("JellyBean.Optimizer")]
    [InlineData("JellyBean.Runtime")]
    [InlineData("JellyBean.Onnx")]
    [InlineData("JellyBean.Vision")]
    [InlineData("JellyBean.Hosting")]
    [InlineData("JellyBean.Testing")]
    public void Public_API_is_as_recorded(string assembly)
    {
        var actual = PublicApiText.Of(Assembly.Load(assembly));
        var path = Path.Combine(Repository.Root, "tests", "JellyBean.Architecture.Tests", "PublicApi", $"{assembly}.txt");
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, actual);
        }

        var (before, after) = (File.ReadAllLines(path), actual.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        Assert.True(
            before.SequenceEqual(after),
            $"The public API of {assembly} changed. If that is meant, run: {Update}=1 dotnet test tests/JellyBean.Architecture.Tests\n"
                + string.Join('\n', before.Except(after).Select(line => $"- {line}").Concat(after.Except(before).Select(line => $"+ {line}"))));
    }

    [Theory]
    [InlineData("JellyBean.Workflows")]
    [InlineData("JellyBean.Planning")]
    [InlineData("JellyBean.Optimizer")]
    [InlineData("JellyBean.Runtime")]
    [InlineData("JellyBean.Hosting")]
    [InlineData("JellyBean.Testing")]
    public void No_type_of_an_engine_library_is_public(string assembly)
    {
        string[] hidden = ["Akka.", "MessagePack.", "Google.OrTools."];
        var api = PublicApiText.Of(Assembly.Load(assembly)).Split('\n');

        Assert.DoesNotContain(api, line => hidden.Any(library => line.Contains(library, StringComparison.Ordinal)));
    }
}
