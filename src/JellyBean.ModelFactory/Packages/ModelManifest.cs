using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JellyBean.ModelFactory.Packages;

/// <summary>What lies in the models folder and where it came from: <c>manifest.json</c> beside the models.</summary>
internal sealed record ModelManifest
{
    public const string FileName = "manifest.json";

    /// <summary>By name, so that the file does not depend on the order of restores.</summary>
    public ImmutableSortedDictionary<string, ManifestEntry> Models { get; init; } = ImmutableSortedDictionary.Create<string, ManifestEntry>(StringComparer.Ordinal);

    /// <summary>Null when there is none or it cannot be read: then nothing is known of the models, and they are restored.</summary>
    public static async Task<ModelManifest?> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            byte[] json = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(json, ManifestContext.Default.ModelManifest);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public Task WriteAsync(string folder, CancellationToken cancellationToken) =>
        AtomicFile.WriteAsync(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, ManifestContext.Default.ModelManifest), cancellationToken);

    public ModelManifest With(string name, ManifestEntry entry) => this with { Models = Models.SetItem(name, entry) };
}

/// <summary>One model. Hashes are SHA-256 in lower-case hexadecimal.</summary>
internal sealed record ManifestEntry
{
    public required string File { get; init; }

    /// <summary>Height and width of the input, in pixels.</summary>
    public required int InputSize { get; init; }

    public required string Sha256 { get; init; }

    public required string Package { get; init; }

    public required string PackageSha256 { get; init; }

    public required string ConverterVersion { get; init; }

    public required string Licence { get; init; }

    /// <summary>How an 8-bit model was calibrated; null for one of floats.</summary>
    public CalibrationNote? Calibration { get; init; }
}

/// <summary>What the ranges of an 8-bit model's activations were measured with.</summary>
internal sealed record CalibrationNote
{
    public required string QuantiserVersion { get; init; }

    /// <summary>Package and files.</summary>
    public required string Pictures { get; init; }

    /// <summary>Of the pixels that the model was shown, which depend on the files and on ffmpeg.</summary>
    public required string PicturesSha256 { get; init; }

    /// <summary>In short: the manifest and the model's origin name the files.</summary>
    public override string ToString() => $"calibrated on pictures with the SHA-256 {PicturesSha256[..Math.Min(12, PicturesSha256.Length)]}…";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestContext : JsonSerializerContext;
