namespace JellyBean.Vision.Cameras;

/// <summary>What a camera tells, in one connection, of when its frames were taken: by its playlist, or by reports of its clock.</summary>
/// <param name="address">Where it is.</param>
/// <param name="decoder">What decodes it.</param>
/// <param name="relay">What hears its reports; null where nobody does.</param>
internal sealed class ToldTimes(CameraAddress address, VideoDecoder decoder, RtspRelay? relay)
{
    // The playlist was read a moment ago, and most have dates or none: a question may be lost.
    private const int MostAsked = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private TimeSpan? _first;
    private int _asked;

    /// <summary>When a frame was taken.</summary>
    /// <returns>Null where it is not told, or not yet.</returns>
    public async ValueTask<DateTimeOffset?> OfAsync(TimeSpan shown, CancellationToken cancellationToken)
    {
        var first = _first ??= shown;
        if (decoder.FirstSegment is not { } segment)
        {
            return relay?.Clock.TimeOf(shown);
        }

        // A segment begins with the first frame that is decoded of it.
        return _asked++ < MostAsked && await PlaylistTimes.BeginOfAsync(new Uri(address.Text), segment, Patience, cancellationToken) is { } begin ? begin + (shown - first) : null;
    }
}
