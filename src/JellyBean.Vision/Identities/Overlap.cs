using JellyBean.Vision.Tracking;

namespace JellyBean.Vision.Identities;

/// <summary>Tells whether what two cameras of one site see at the same time is one person: what an event-time join of tracks by site asks.</summary>
public static class Overlap
{
    // Of the smaller box, and of both heights: an edge of the picture cuts people off at the side, seldom above or below.
    private const double LeastShared = 0.5;
    private const double LeastHeightShared = 0.6;

    // Low, so that only a contradiction counts: one person, cut off differently by two pictures, need not look the same in both.
    private const float LeastLikeness = 0.5f;

    /// <summary>Whether they are at one spot of one site and do not look different. Of two cameras only the first by name counts as the left one, so that a pair is told once.</summary>
    public static bool IsSame(TrackedBox left, TrackedBox right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return string.CompareOrdinal(left.Camera, right.Camera) < 0
            && left.Viewpoint is { } from && right.Viewpoint is { } to && from.Site == to.Site
            && left.Box.Class == right.Box.Class
            && IsSameSpot(from.Place(left.Box), to.Place(right.Box))
            && (Likeness(left, right) ?? 1) >= LeastLikeness;
    }

    /// <summary>How alike they look, as the cosine of their looks; null where that cannot be said.</summary>
    public static float? Likeness(TrackedBox left, TrackedBox right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.Look is { } look && right.Look is { } other && look.Values.Length == other.Values.Length ? look.Cosine(other) : null;
    }

    private static bool IsSameSpot(Box one, Box other)
    {
        double width = Math.Min(one.X + one.Width, other.X + other.Width) - Math.Max(one.X, other.X);
        double height = Math.Min(one.Y + one.Height, other.Y + other.Height) - Math.Max(one.Y, other.Y);
        return width > 0 && height > 0
            && width * height >= LeastShared * Math.Min(one.Width * one.Height, other.Width * other.Height)
            && height >= LeastHeightShared * Math.Max(one.Height, other.Height);
    }
}
