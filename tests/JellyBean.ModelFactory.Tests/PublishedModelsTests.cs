using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.Quantisation;
using JellyBean.ModelFactory.Tests.Packages;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.Tests;

public sealed class PublishedModelsTests : IDisposable
{
    private static readonly ManifestEntry Entry = new()
    {
        File = "",
        InputSize = 0,
        Sha256 = ContentHash.Of("bytes"u8),
        Package = HumanModels.Package.Specification,
        PackageSha256 = HumanModels.Package.Sha256,
        ConverterVersion = OnnxFormat.ConverterVersion,
        Licence = "",
    };

    private readonly TemporaryFolder _folder = new();
    private readonly LocalPackage _source = new("package/other");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_lie_where_variants_look_for_them()
    {
        using var models = new PublishedModels(["nanodet-352", "nanodet-352-int8", "centernet-256"]);

        Assert.Equal(["nanodet-352", "nanodet-352-int8", "centernet-256"], models.Files.Select(file => file.Name));
        Assert.All(models.Files, file => Assert.Equal(ModelCache.PathOf(file.Name), file.Path));
    }

    [Fact]
    public async Task Verify_tells_missing_unrecorded_changed_outdated_and_ready_apart()
    {
        using PublishedModels models = Models("nanodet-96", "nanodet-128", "nanodet-160", "nanodet-192", "nanodet-224");
        Directory.CreateDirectory(_folder.File("models"));
        foreach (int size in new[] { 128, 160, 192, 224 })
            await File.WriteAllTextAsync(_folder.File($"models/nanodet-{size}.onnx"), "bytes");
        await new ModelManifest()
            .With("nanodet-160", Entry with { Sha256 = ContentHash.Of("others"u8) })
            .With("nanodet-192", Entry with { ConverterVersion = "0" })
            .With("nanodet-224", Entry)
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
    public async Task Verify_finds_an_8_bit_model_of_another_quantiser_or_of_none_corrupt()
    {
        using PublishedModels models = Models("nanodet-96-int8", "nanodet-128-int8", "nanodet-160-int8");
        Directory.CreateDirectory(_folder.File("models"));
        foreach (ModelFile file in models.Files)
            await File.WriteAllTextAsync(file.Path, "bytes");
        var note = new CalibrationNote { QuantiserVersion = Int8Quantiser.Version, Pictures = "some", PicturesSha256 = "of them" };
        await new ModelManifest()
            .With("nanodet-96-int8", Entry)
            .With("nanodet-128-int8", Entry with { Calibration = note with { QuantiserVersion = "0" } })
            .With("nanodet-160-int8", Entry with { Calibration = note })
            .WriteAsync(_folder.File("models"), default);

        IReadOnlyList<ModelFileStatus> found = await models.VerifyAsync(default);

        Assert.Equal([ModelFileState.Corrupt, ModelFileState.Corrupt, ModelFileState.Ready], found.Select(status => status.State));
        Assert.Contains("quantiser 0", found[1].Detail, StringComparison.Ordinal);
        Assert.Contains("calibrated on pictures with the SHA-256 of them", found[2].Detail, StringComparison.Ordinal);
        Assert.Equal((5L, ContentHash.Of("bytes"u8)), (found[2].Bytes, found[2].Sha256));
    }

    [Fact]
    public async Task Verify_with_an_unreadable_manifest_finds_files_corrupt()
    {
        using PublishedModels models = Models("nanodet-96");
        Directory.CreateDirectory(_folder.File("models"));
        await File.WriteAllTextAsync(_folder.File("models/nanodet-96.onnx"), "bytes");
        await File.WriteAllTextAsync(_folder.File("models/manifest.json"), "{ \"models\":");

        IReadOnlyList<ModelFileStatus> found = await models.VerifyAsync(default);

        Assert.Equal(ModelFileState.Corrupt, found[0].State);
    }

    [Fact]
    public async Task Restore_from_another_package_is_refused_and_the_old_file_stays()
    {
        using PublishedModels models = Models("nanodet-96");
        Directory.CreateDirectory(_folder.File("models"));
        await File.WriteAllTextAsync(_folder.File("models/nanodet-96.onnx"), "old");

        var refused = await Assert.ThrowsAsync<ModelLoadException>(() => models.RestoreAsync(new Lines(), default));

        Assert.Contains(HumanModels.Package.Sha256, refused.Message, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(_folder.File("models/nanodet-96.onnx")));
        Assert.Single(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    private PublishedModels Models(params string[] names) =>
        new(names, new CacheFolders(_folder.Path), _source, new RetryPolicy { Attempts = 2, FirstPause = TimeSpan.Zero }, TimeProvider.System);
}
