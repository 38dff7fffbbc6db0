using System.Net.Http.Headers;
using System.Text;

namespace JellyBean.Vision.Cameras;

/// <summary>Asks a camera's HLS playlist when a segment was taken. The decoder reads playlists, too, but does not pass this on.</summary>
internal static class PlaylistTimes
{
    private const int LargestPlaylist = 4 << 20;

    // Of rates, there are a handful.
    private const int MostVariants = 16;

    private static readonly HttpClient Client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) })
    {
        MaxResponseContentBufferSize = LargestPlaylist,
    };

    /// <param name="playlist">The camera's address, credentials included.</param>
    /// <param name="segment">The segment's.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When its first picture was taken; null where nobody says, or not in time: frames then have the times of their coming.</returns>
    public static async Task<DateTimeOffset?> BeginOfAsync(Uri playlist, Uri segment, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            var first = await ReadAsync(playlist, limit.Token);
            if (first.BeginOf(segment) is { } begin)
            {
                return begin;
            }

            foreach (var variant in first.Variants.Take(MostVariants))
            {
                if ((await ReadAsync(variant, limit.Token)).BeginOf(segment) is { } found)
                {
                    return found;
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The decoder could read it, or there would be no frame: its times are worth no trouble.
        }

        return null;
    }

    private static async Task<MediaPlaylist> ReadAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        if (uri.UserInfo.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
        }

        using var response = (await Client.SendAsync(request, cancellationToken)).EnsureSuccessStatusCode();
        return MediaPlaylist.Parse(await response.Content.ReadAsStringAsync(cancellationToken), uri);
    }
}
