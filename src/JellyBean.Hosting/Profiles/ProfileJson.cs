using System.Text.Json;
using System.Text.Json.Serialization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Profiles;

/// <summary>How measured figures are written as JSON.</summary>
internal static class ProfileJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        Converters = { new NameConverter<OperatorId>(id => id.Value, name => new OperatorId(name)), new NameConverter<WorkerTypeId>(id => id.Value, name => new WorkerTypeId(name)) },
    };

    /// <summary>Writes a file; readers see the old one or the new one, nothing between.</summary>
    public static async Task WriteAsync<T>(T value, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var half = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            await using (var file = File.Create(half))
            {
                await JsonSerializer.SerializeAsync(file, value, Options, cancellationToken).ConfigureAwait(false);
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
