using JellyBean.ModelFactory.Packages;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.Tests.Packages;

public sealed class PackageStoreTests : IDisposable
{
    private const string Member = "package/models/tiny.bin";

    private readonly TemporaryFolder _folder = new();
    private readonly Lines _lines = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ensure_takes_only_the_needed_members_and_leaves_nothing_else()
    {
        var source = new LocalPackage(Member);

        string folder = await Store(source).EnsureAsync(source.Package, _lines, default);

        Assert.Equal(LocalPackage.Content, await File.ReadAllTextAsync(Path.Combine(folder, "tiny.bin")));
        Assert.Equal([Path.Combine(folder, "tiny.bin")], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
        Assert.Equal([folder], Directory.GetDirectories(Path.Combine(_folder.Path, "packages")));
    }

    [Fact]
    public async Task Ensure_again_downloads_nothing()
    {
        var source = new LocalPackage(Member);
        await Store(source).EnsureAsync(source.Package, _lines, default);

        await Store(source).EnsureAsync(source.Package, _lines, default);

        Assert.Equal(1, source.Fetches);
    }

    [Fact]
    public async Task Ensure_with_a_damaged_member_replaces_it()
    {
        var source = new LocalPackage(Member);
        string folder = await Store(source).EnsureAsync(source.Package, _lines, default);
        await File.WriteAllTextAsync(Path.Combine(folder, "tiny.bin"), "damaged");

        await Store(source).EnsureAsync(source.Package, _lines, default);

        Assert.Equal(LocalPackage.Content, await File.ReadAllTextAsync(Path.Combine(folder, "tiny.bin")));
    }

    [Fact]
    public async Task Ensure_with_a_tarball_put_there_by_hand_downloads_nothing()
    {
        var source = new LocalPackage(Member);
        Directory.CreateDirectory(_folder.File("packages"));
        await source.WriteAsync(_folder.File("packages/scope-tiny-1.0.0.tgz"));

        await Store(source).EnsureAsync(source.Package, _lines, default);

        Assert.Equal(0, source.Fetches);
    }

    [Fact]
    public async Task Ensure_with_another_download_refuses_it_and_keeps_the_old_member()
    {
        var source = new LocalPackage(Member) { Instead = [1, 2, 3] };
        string old = _folder.File("packages/scope-tiny-1.0.0/tiny.bin");
        Directory.CreateDirectory(Path.GetDirectoryName(old)!);
        await File.WriteAllTextAsync(old, "old");

        var refused = await Assert.ThrowsAsync<ModelLoadException>(() => Store(source).EnsureAsync(source.Package, _lines, default));

        Assert.Contains($"but {source.Package.Sha256} was expected", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in 3 attempts", refused.Message, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(old));
        Assert.Equal([old], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Ensure_with_another_tarball_in_the_cache_refuses_it()
    {
        var source = new LocalPackage(Member);
        Directory.CreateDirectory(_folder.File("packages"));
        await File.WriteAllTextAsync(_folder.File("packages/scope-tiny-1.0.0.tgz"), "other");

        var refused = await Assert.ThrowsAsync<ModelLoadException>(() => Store(source).EnsureAsync(source.Package, _lines, default));

        Assert.Contains("delete it and try again", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, source.Fetches);
    }

    [Fact]
    public async Task Ensure_without_an_expected_member_names_it()
    {
        var source = new LocalPackage(Member);
        SourcePackage asksMore = source.Package with { Members = [.. source.Package.Members, new PackageMember("package/gone", "")] };

        var refused = await Assert.ThrowsAsync<ModelLoadException>(() => Store(source).EnsureAsync(asksMore, _lines, default));

        Assert.Contains("does not hold package/gone", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_after_passing_failures_succeeds_and_counts_attempts()
    {
        var source = new LocalPackage(Member);
        source.Failures.Enqueue(new PackageFetchException("The line is down.", retry: true));
        source.Failures.Enqueue(new PackageFetchException("The line is down.", retry: true));

        await Store(source).EnsureAsync(source.Package, _lines, default);

        Assert.Contains("Downloading @scope/tiny@1.0.0 (attempt 3 of 3)", _lines.Reported);
    }

    [Fact]
    public async Task Ensure_after_a_lasting_failure_does_not_try_again()
    {
        var source = new LocalPackage(Member);
        source.Failures.Enqueue(new PackageFetchException("npm is missing.", retry: false));

        var refused = await Assert.ThrowsAsync<ModelLoadException>(() => Store(source).EnsureAsync(source.Package, _lines, default));

        Assert.Equal("@scope/tiny@1.0.0 could not be downloaded in 1 attempt: npm is missing.", refused.Message);
    }

    [Fact]
    public void Pauses_double_up_to_the_limit()
    {
        var policy = new RetryPolicy { FirstPause = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromSeconds(5) };

        Assert.Equal([2, 4, 5, 5], new[] { 1, 2, 3, 40 }.Select(attempt => policy.PauseAfter(attempt).TotalSeconds));
    }

    private PackageStore Store(LocalPackage source) =>
        new(new CacheFolders(_folder.Path), source, new RetryPolicy { Attempts = 3, FirstPause = TimeSpan.Zero }, TimeProvider.System);
}
