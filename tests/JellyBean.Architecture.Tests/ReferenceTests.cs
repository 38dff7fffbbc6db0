namespace JellyBean.Architecture.Tests;

/// <summary>The picture in <c>src/README.md</c>: references go down only, and each foreign library has one home.</summary>
public class ReferenceTests
{
    /// <summary>What each project may refer to.</summary>
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Workflows"] = [],
        ["Planning"] = ["Workflows"],
        ["Testing"] = ["Workflows"],
        ["Onnx"] = ["Workflows"],
        ["ModelFactory"] = ["Workflows"],
        ["Optimizer"] = ["Planning", "Workflows"],
        ["Runtime"] = ["Planning", "Workflows"],
        ["Vision"] = ["Onnx", "Workflows"],
        ["Hosting"] = ["Runtime", "Optimizer", "Planning", "Testing", "Workflows"],
    };

    /// <summary>Which projects may use packages whose name begins so.</summary>
    private static readonly (string Package, string[] Homes)[] Homes =
    [
        ("Akka", ["Runtime"]),
        ("MessagePack", ["Runtime"]),
        // The factory runs models over calibration pictures, and looks inside them, which Onnx does not offer.
        ("Microsoft.ML.OnnxRuntime", ["Onnx", "ModelFactory"]),
        ("Google.OrTools", ["Optimizer"]),
        ("SkiaSharp", ["Vision"]),
        ("Microsoft.Data.Sqlite", ["Hosting"]),
        ("Microsoft.Extensions.Hosting", ["Hosting"]),
    ];

    public static TheoryData<string> Projects => [.. Repository.Projects.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_go_down_only(string project)
    {
        Assert.True(Below.TryGetValue(project, out var below), $"src/JellyBean.{project} is not in the picture. Say here, and in src/README.md, what it may refer to.");

        Assert.Empty(Repository.ReferencesOf(project).Except(below));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Packages_stay_where_they_are_at_home(string project) => Assert.Empty(
        from package in Repository.PackagesOf(project)
        from home in Homes
        where package.StartsWith(home.Package, StringComparison.Ordinal) && !home.Homes.Contains(project)
        select $"{package} belongs to {string.Join(", ", home.Homes)}");

    [Theory]
    [InlineData("Workflows")]
    [InlineData("Planning")]
    [InlineData("Testing")]
    public void Foundations_have_no_packages(string project) => Assert.Empty(Repository.PackagesOf(project));

    [Fact]
    public void Onnx_uses_the_managed_runtime_only_and_programs_add_the_native_one() =>
        Assert.Equal(["Microsoft.ML.OnnxRuntime.Managed"], Repository.PackagesOf("Onnx").Where(p => p.Contains("Onnx", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_has_a_README(string project) =>
        Assert.True(File.Exists(Path.Combine(Repository.Root, "src", $"JellyBean.{project}", "README.md")), "Write its subject, its invariants, and what it must not know.");
}
