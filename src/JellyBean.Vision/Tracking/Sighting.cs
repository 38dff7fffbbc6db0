using JellyBean.Vision.Appearance;

namespace JellyBean.Vision.Tracking;

/// <summary>What a detector saw in one frame of a camera.</summary>
/// <param name="Camera">The camera's name.</param>
/// <param name="Number">Which frame.</param>
/// <param name="CapturedAt">When it was taken; frames of a camera come in this order.</param>
/// <param name="Boxes">What was seen, unsure boxes included.</param>
/// <param name="Looks">One per box, or none at all.</param>
public sealed record Sighting(string Camera, long Number, DateTimeOffset CapturedAt, IReadOnlyList<Box> Boxes, IReadOnlyList<Look> Looks)
{
    /// <summary>A sighting without looks.</summary>
    public static Sighting Of(Frame frame, IReadOnlyList<Box> boxes)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return new(frame.Camera, frame.Number, frame.CapturedAt, boxes, []);
    }
}
