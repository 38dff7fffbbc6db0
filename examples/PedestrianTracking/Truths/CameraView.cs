using JellyBean.Vision.Cameras;

namespace PedestrianTracking.Truths;

/// <summary>What a camera shows of the picture that the truth is about.</summary>
/// <param name="Region">The part that it keeps; null for all of it.</param>
/// <param name="IsThinned">Whether it leaves frames out, so that its numbers are not those of the truth.</param>
public sealed record CameraView(Region? Region = null, bool IsThinned = false);
