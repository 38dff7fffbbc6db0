using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Profiles;

/// <summary>Profiles as JSON files.</summary>
internal static class ProfileFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        Converters = { new NameConverter<OperatorId>(id => id.Value, name => new OperatorId(name)), new NameConverter<WorkerTypeId>(id => id.Value, name => new WorkerTypeId(name)) },
    };

    /// <exception cref="BadInputException">It is missing, no profile, or of another version.</exception>
    public static async Task<Profile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(file, default, cancellationToken).ConfigureAwait(false);

            // The version first: what another version holds need not be understood.
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("version", out var version))
            {
                throw new BadInputException($"Profile '{path}' has no version, so it is no profile. Measure one with --recalibrate.");
            }

            if (version.ToString() != Profile.CurrentVersion.ToString(CultureInfo.InvariantCulture))
            {
                throw new BadInputException($"Profile '{path}' is of version {version}; allowed: {Profile.CurrentVersion}. Measure it again with this program.");
            }

            return document.Deserialize<Profile>(Json) ?? throw new BadInputException($"Profile '{path}' is empty. Measure it again.");
        }
        catch (JsonException wrong)
        {
            throw new BadInputException($"Profile '{path}' is not understood: {wrong.Message} Measure it again.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"Profile '{path}' cannot be read: {cause.Message}");
        }
    }

    /// <summary>Writes a profile; readers see the old file or the new one, nothing between.</summary>
    public static async Task WriteAsync(Profile profile, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var half = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.tmp";
        try
        {
            await using (var file = File.Create(half))
            {
                await JsonSerializer.SerializeAsync(file, profile, Json, cancellationToken).ConfigureAwait(false);
            }

            File.Move(half, path, overwrite: true);
        }
        finally
        {
            File.Delete(half);
        }
    }

    private sealed class NameConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }
}
