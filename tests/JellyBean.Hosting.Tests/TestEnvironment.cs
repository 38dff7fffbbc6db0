using System.Runtime.CompilerServices;

namespace JellyBean.Hosting.Tests;

internal static class TestEnvironment
{
    /// <summary>Profiles that tests measure must not land in the user's cache.</summary>
    [ModuleInitializer]
    public static void UseOwnCache() =>
        Environment.SetEnvironmentVariable("JELLYBEAN_CACHE", Path.Combine(Path.GetTempPath(), $"jellybean-hosting-tests-{Guid.NewGuid():N}"));
}
