using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using JellyBean.Vision.Cameras;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Recordings;

/// <summary>Gives recorded frames again: with their numbers, times and pixels. One that was given, but is not in what is left of the stream, is bad at its place.</summary>
/// <param name="camera">Whose.</param>
internal sealed class Playback(CameraOptions camera)
{
    // Segments have a time base of their own, finer than this; frames are further apart.
    private static readonly TimeSpan Same = TimeSpan.FromMilliseconds(1);

    /// <summary>Gives what was recorded of one connection.</summary>
    /// <param name="session">Of which.</param>
    /// <param name="frames">Which frames of it, in order.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<SourceItem<Frame>> ReadAsync(RecordedSession session, ImmutableArray<RecordedFrame> frames, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = 0;
        foreach (var segment in session.SegmentsFrom(frames[0].Arrived) ?? [])
        {
            await using var decoder = new VideoDecoder(camera.Name, DecoderArguments.OfRecorded(camera, segment), line => line, cancellationToken);
            while (next < frames.Length && await NextAsync(decoder, cancellationToken) is { } decoded)
            {
                var found = IndexOf(frames, next, decoded.Time);
                for (; next < found; next++)
                {
                    yield return Missing(frames[next]);
                }

                if (found >= 0)
                {
                    var (number, _, taken, _) = frames[next++];
                    var picture = Picture.FromPixels(decoder.Pixels, decoded.Width, decoded.Height, PixelFormat.Rgbx);
                    yield return new SourceItem<Frame>(new Frame(camera.Name, number, taken, picture) { Viewpoint = camera.Viewpoint }, taken) { IsAgain = true };
                }
            }
        }

        for (; next < frames.Length; next++)
        {
            yield return Missing(frames[next]);
        }
    }

    /// <returns>Which of the frames from <paramref name="next"/> on was shown at a time; -1 for one that was not given, or was before.</returns>
    private static int IndexOf(ImmutableArray<RecordedFrame> frames, int next, TimeSpan? shown)
    {
        for (var i = next; shown is { } at && i < frames.Length; i++)
        {
            if ((frames[i].Shown - at).Duration() <= Same)
            {
                return i;
            }
        }

        return -1;
    }

    // A segment whose rest is missing or damaged has no more frames.
    private async ValueTask<DecodedFrame?> NextAsync(VideoDecoder decoder, CancellationToken cancellationToken)
    {
        try
        {
            return await decoder.ReadAsync(camera.SilenceLimit, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or SourceException)
        {
            return null;
        }
    }

    private SourceItem<Frame> Missing(RecordedFrame frame) =>
        SourceItem<Frame>.Bad($"Camera '{camera.Name}': frame {frame.Number} had been given, but is not in what is left of the recording.", frame.Taken) with { IsAgain = true };
}
