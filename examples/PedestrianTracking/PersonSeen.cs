using JellyBean.Vision.Identities;
using JellyBean.Vision.Tracking;
using PedestrianTracking.Truths;

namespace PedestrianTracking;

/// <summary>A person in a frame of a camera: a row of the table <c>tracks</c>, where <c>event_time</c> says when.</summary>
/// <param name="Camera">The camera's name.</param>
/// <param name="Person">Who: from 1, per camera, never used again.</param>
/// <param name="Frame">Which frame of the camera, from 0.</param>
/// <param name="X">Left edge, in pixels of the frame.</param>
/// <param name="Y">Upper edge, in pixels of the frame.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Score">How sure the detector was, 0–1.</param>
public sealed record PersonSeen(string Camera, long Person, long Frame, float X, float Y, float Width, float Height, float Score) : ITrackingResult
{
    internal CameraTrack CameraTrack => new(Camera, Person);

    /// <summary>Flattens what the tracker says.</summary>
    public static PersonSeen Of(TrackedBox tracked)
    {
        ArgumentNullException.ThrowIfNull(tracked);
        var box = tracked.Box;
        return new(tracked.Camera, tracked.Track, tracked.Number, box.X, box.Y, box.Width, box.Height, box.Score);
    }
}
