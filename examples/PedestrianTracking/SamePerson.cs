using JellyBean.Vision.Identities;
using JellyBean.Vision.Tracking;
using PedestrianTracking.Truths;

namespace PedestrianTracking;

/// <summary>Somebody whom two cameras of one site see at the same time: a row of the table <c>identities</c>.</summary>
/// <param name="Site">The site.</param>
/// <param name="Camera">One camera's name.</param>
/// <param name="Person">Who that is at this camera, as in <see cref="PersonSeen"/>.</param>
/// <param name="OtherCamera">The other camera's name.</param>
/// <param name="OtherPerson">Who that is at the other camera.</param>
/// <param name="Likeness">How alike the two look, up to 1; null where no looks were taken.</param>
public sealed record SamePerson(string Site, string Camera, long Person, string OtherCamera, long OtherPerson, float? Likeness) : ITrackingResult
{
    /// <summary>Of a pair that the join found.</summary>
    public static SamePerson Of(TrackedBox one, TrackedBox other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new(SiteOf(one), one.Camera, one.Track, other.Camera, other.Track, Overlap.Likeness(one, other));
    }

    /// <summary>What tracks are joined by: a camera without a site is alone at its own.</summary>
    public static string SiteOf(TrackedBox tracked)
    {
        ArgumentNullException.ThrowIfNull(tracked);
        return tracked.Viewpoint?.Site ?? $"camera {tracked.Camera}";
    }
}
