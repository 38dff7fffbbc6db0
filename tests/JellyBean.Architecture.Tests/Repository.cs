using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace JellyBean.Architecture.Tests;

/// <summary>The files of the project.</summary>
internal static partial class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The projects under <c>src</c>, without "JellyBean." before their names.</summary>
    public static IReadOnlyDictionary<string, XDocument> Projects { get; } =
        Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(path => Short(Path.GetFileNameWithoutExtension(path)), XDocument.Load);

    /// <summary>The projects that one refers to.</summary>
    public static IEnumerable<string> ReferencesOf(string project) =>
        Included(project, "ProjectReference").Select(path => Short(Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))));

    /// <summary>The packages that one refers to, other than those that only its build needs.</summary>
    public static IEnumerable<string> PackagesOf(string project) => Included(project, "PackageReference");

    /// <summary>Whether a path is of what a build makes.</summary>
    [GeneratedRegex(@"[/\\](?:bin|obj)[/\\]")]
    public static partial Regex Built();

    private static IEnumerable<string> Included(string project, string item) => Projects[project].Descendants(item)
        .Where(e => !"all".Equals((string?)e.Attribute("PrivateAssets"), StringComparison.OrdinalIgnoreCase))
        .Select(e => (string)e.Attribute("Include")!);

    private static string Short(string name) => name.Replace("JellyBean.", "", StringComparison.Ordinal);

    private static string FindRoot(string from)
    {
        for (var folder = from; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "JellyBean.sln")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException($"No folder above '{from}' has JellyBean.sln. Run the tests where they are built.");
    }
}
