using JellyBean.Vision.Appearance;

namespace JellyBean.Vision.Tracking;

/// <summary>What a detector saw in one frame of a camera.</summary>
/// <param name="Camera">The camera's name.</param>
/// <param name="Number">Which frame.</param>
/// <param name="CapturedAt">When it was taken; frames of a camera come in this order.</param>
/// <param name="Boxes">What was seen, unsure boxes included.</param>
/// <param name="Looks">One per box, or none at all.</param>
/// <param name="Viewpoint">Where the picture lies in the place that the camera watches, if that is known.</param>
public sealed record Sighting(string Camera, long Number, DateTimeOffset CapturedAt, IReadOnlyList<Box> Boxes, IReadOnlyList<Look> Looks, Viewpoint? Viewpoint = null)
{
    /// <summary>A sighting without looks.</summary>
    public static Sighting Of(Frame frame, IReadOnlyList<Box> boxes)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new(frame.Camera, frame.Number, frame.CapturedAt, boxes, [], frame.Viewpoint);
    }
}
