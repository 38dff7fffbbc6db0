using System.Text.RegularExpressions;

namespace JellyBean.Hosting.Configuration;

/// <summary>What users give may hold a password where they did not mean it to be shown.</summary>
internal static partial class Credentials
{
    /// <summary>A text for a message: what stands before an @ is left out, but for a key or name and a scheme.</summary>
    public static string Hidden(string text) => BeforeHost().Replace(text, "$1***@");

    [GeneratedRegex("^((?:[^=:@/]*=)?(?:[A-Za-z][A-Za-z0-9+.-]*:/*)?).*@", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex BeforeHost();
}
