using System.Collections.Immutable;
using System.Globalization;

namespace JellyBean.Vision.Cameras;

/// <summary>What an HLS playlist tells: other playlists, or segments and when they were taken.</summary>
/// <param name="Variants">Playlists of the same video at other rates; empty in one of segments.</param>
/// <param name="Segments">In order.</param>
internal sealed record MediaPlaylist(ImmutableArray<Uri> Variants, ImmutableArray<PlaylistSegment> Segments)
{
    private const string Date = "#EXT-X-PROGRAM-DATE-TIME:";
    private const string Length = "#EXTINF:";
    private const string Variant = "#EXT-X-STREAM-INF:";
    private const string Break = "#EXT-X-DISCONTINUITY";

    /// <summary>Reads a playlist. What it does not understand it passes over, as playlists are meant to be read.</summary>
    /// <param name="text">The playlist.</param>
    /// <param name="at">Where it is: its names are relative to that.</param>
    public static MediaPlaylist Parse(string text, Uri at)
    {
        var (variants, segments) = (ImmutableArray.CreateBuilder<Uri>(), ImmutableArray.CreateBuilder<PlaylistSegment>());
        DateTimeOffset? begins = null;
        var (length, isVariant) = (TimeSpan.Zero, false);
        foreach (var line in text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            if (line.StartsWith(Date, StringComparison.Ordinal))
            {
                begins = TimeOf(line[Date.Length..]);
            }
            else if (line.StartsWith(Length, StringComparison.Ordinal))
            {
                length = LengthOf(line[Length.Length..].Split(',')[0]);
            }
            else if (line.StartsWith(Variant, StringComparison.Ordinal))
            {
                isVariant = true;
            }
            else if (line == Break)
            {
                // Times go on elsewhere.
                begins = null;
            }
            else if (line[0] != '#' && Uri.TryCreate(at, line, out var uri))
            {
                if (isVariant)
                {
                    variants.Add(uri);
                }
                else
                {
                    segments.Add(new PlaylistSegment(uri, begins));
                    begins += length;
                }

                (length, isVariant) = (TimeSpan.Zero, false);
            }
        }

        return new(variants.ToImmutable(), segments.ToImmutable());
    }

    /// <returns>When a segment's first picture was taken; null where the playlist does not tell.</returns>
    public DateTimeOffset? BeginOf(Uri segment) => Segments.FirstOrDefault(s => s.Uri == segment)?.Begins;

    // A zone is written with a colon or without.
    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFzz00"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time) ? time : null;

    private static TimeSpan LengthOf(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 3600 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}

/// <summary>A part of the video.</summary>
/// <param name="Uri">Where it is.</param>
/// <param name="Begins">When its first picture was taken; null where that is not told.</param>
internal sealed record PlaylistSegment(Uri Uri, DateTimeOffset? Begins);
