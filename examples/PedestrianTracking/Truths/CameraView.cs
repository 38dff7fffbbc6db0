using JellyBean.Vision.Cameras;

namespace PedestrianTracking.Truths;

/// <summary>What a camera shows of the picture that the truth is about.</summary>
/// <param name="Region">The part that it keeps; null for all of it.</param>
/// <param name="Unlike">The setting by which its frames have other numbers or other coordinates than the truth's, as in <c>every = 2</c>; null if there is none.</param>
public sealed record CameraView(Region? Region = null, string? Unlike = null);
