using JellyBean.Vision.Appearance;

namespace JellyBean.Vision.Tracking;

/// <summary>A box with an identity.</summary>
/// <param name="Camera">The camera's name.</param>
/// <param name="Track">Whose it is: from 1, per camera, never used again.</param>
/// <param name="Number">Which frame.</param>
/// <param name="CapturedAt">When it was taken.</param>
/// <param name="Box">Where, in pixels of the frame; smoothed over time.</param>
/// <param name="Look">How the track has looked lately; null where sightings carry no looks.</param>
/// <param name="Viewpoint">Where the picture lies in the place that the camera watches, if that is known.</param>
public sealed record TrackedBox(string Camera, long Track, long Number, DateTimeOffset CapturedAt, Box Box, Look? Look, Viewpoint? Viewpoint = null);
