using System.Globalization;
using JellyBean.Vision.Tracking;

namespace JellyBean.Vision.Drawing;

/// <summary>Something to draw on a frame.</summary>
/// <param name="Box">Where, in pixels of the frame.</param>
/// <param name="Label">What stands above it; empty for nothing.</param>
/// <param name="Key">Chooses the colour: the same for the same key, in every frame and every run.</param>
public sealed record Mark(Box Box, string Label, long Key)
{
    /// <summary>A track: its number, in its colour.</summary>
    public static Mark Of(TrackedBox tracked)
    {
        ArgumentNullException.ThrowIfNull(tracked);
        return new(tracked.Box, tracked.Track.ToString(CultureInfo.InvariantCulture), tracked.Track);
    }

    /// <summary>A box: its score, in the colour of its class.</summary>
    public static Mark Of(Box box) => new(box, box.Score.ToString("0.00", CultureInfo.InvariantCulture), box.Class);
}
