using System.Text.Json;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Profiles;

namespace JellyBean.Hosting.Profiles;

/// <summary>Profiles as JSON files.</summary>
internal static class ProfileFile
{
    /// <exception cref="BadInputException">It is missing, no profile, or of another version.</exception>
    public static async Task<Profile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var profile = await ReadAsync<Profile>("Profile", path, Profile.CurrentVersion, cancellationToken).ConfigureAwait(false);
        return profile with { Version = Profile.CurrentVersion };
    }

    public static Task WriteAsync(Profile profile, string path, CancellationToken cancellationToken) => ProfileJson.WriteAsync(profile, path, cancellationToken);

    /// <summary>Reads a file that says its version. Older versions had less: all that is new in a later one may be missing.</summary>
    /// <param name="what">What the file is, for messages.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="newest">The newest version that this program knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadInputException">It is missing, something else, or of another version.</exception>
    public static async Task<T> ReadAsync<T>(string what, string path, int newest, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(file, default, cancellationToken).ConfigureAwait(false);

            // The version first: what another version holds need not be understood.
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("version", out var version))
            {
                throw new BadInputException($"{what} '{path}' has no version, so it is none. Measure one with the command 'profile'.");
            }

            if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number < 1 || number > newest)
            {
                throw new BadInputException($"{what} '{path}' is of version {version}; allowed: 1 to {newest}. Measure it again with this program.");
            }

            return document.Deserialize<T>(ProfileJson.Options) ?? throw new BadInputException($"{what} '{path}' is empty. Measure it again.");
        }
        catch (JsonException wrong)
        {
            throw new BadInputException($"{what} '{path}' is not understood: {wrong.Message} Measure it again.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{what} '{path}' cannot be read: {cause.Message}");
        }
    }
}
