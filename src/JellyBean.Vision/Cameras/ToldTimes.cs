namespace JellyBean.Vision.Cameras;

/// <summary>What a camera tells, in one connection, of when its frames were taken: by its playlist, or by reports of its clock.</summary>
/// <param name="address">Where it is.</param>
/// <param name="decoder">What decodes it.</param>
/// <param name="relay">What hears its reports; null where nobody does.</param>
internal sealed class ToldTimes(CameraAddress address, VideoDecoder decoder, RtspRelay? relay)
{
    // The playlist was read a moment ago.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private bool _isAsked;

    /// <summary>When a frame was taken. Playlists are asked of the first frame alone.</summary>
    /// <returns>Null where it is not told, or not yet.</returns>
    public async ValueTask<DateTimeOffset?> OfAsync(TimeSpan shown, CancellationToken cancellationToken)
    {
        var (isFirst, segment) = (!_isAsked, decoder.FirstSegment);
        _isAsked = true;
        return isFirst && segment is not null ? await PlaylistTimes.BeginOfAsync(new Uri(address.Text), segment, Patience, cancellationToken) : relay?.Clock.TimeOf(shown);
    }
}
