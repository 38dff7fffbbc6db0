using System.Security.Cryptography;
using System.Text;
using JellyBean.Hosting.Configuration;

namespace JellyBean.Hosting.Control;

/// <summary>A secret that clients show. Only its hash is kept, and compared in a time that tells nothing of it.</summary>
internal sealed class BearerToken
{
    private const string Scheme = "Bearer ";
    private readonly byte[] _hash;

    public BearerToken(string token) => _hash = HashOf(token);

    /// <exception cref="BadInputException">The file cannot be read, may be read by everyone, or has no token that is long enough.</exception>
    public static BearerToken Read(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            {
                throw new BadInputException($"The token file '{file}' may be read by everyone or written by others. Take these rights away: chmod 600 '{file}'.");
            }

            var token = File.ReadAllText(file).Trim();
            return token.Length >= ControlHttpOptions.LeastToken && token.All(c => c is > ' ' and <= '~')
                ? new BearerToken(token)
                : throw new BadInputException($"The token file '{file}' has {token.Length} characters; allowed: at least {ControlHttpOptions.LeastToken} visible ASCII characters. Make one: openssl rand -hex 32 > '{file}'.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The token file '{file}' cannot be read: {cause.Message}");
        }
    }

    /// <summary>Whether a request's <c>Authorization</c> header shows the token.</summary>
    public bool IsShownBy(string? header) =>
        header is not null && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(HashOf(header[Scheme.Length..].Trim()), _hash);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
