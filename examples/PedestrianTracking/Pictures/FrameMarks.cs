using System.Globalization;
using JellyBean.Vision;
using JellyBean.Vision.Drawing;
using JellyBean.Vision.Identities;

namespace PedestrianTracking.Pictures;

/// <summary>What to draw on the frames of a camera: everyone's box and number, the same at all cameras, and the way they came.</summary>
internal sealed class FrameMarks(ILookup<long, PersonSeen> tracks, IReadOnlyDictionary<CameraTrack, long> identities)
{
    private const int TrailFrames = 30;
    private const int TrailDot = 3;
    private readonly Dictionary<long, Queue<(long Frame, PersonSeen Seen)>> _trails = [];

    /// <summary>The marks of the next frame; frames come in order.</summary>
    public IReadOnlyList<Mark> Next(long frame)
    {
        List<Mark> marks = [];
        foreach (var seen in tracks[frame])
        {
            var identity = identities[seen.CameraTrack];
            marks.AddRange(Follow(seen, frame).Select(at => Dot(at.Seen, identity)));
            marks.Add(new Mark(new Box(seen.X, seen.Y, seen.Width, seen.Height), identity.ToString(CultureInfo.InvariantCulture), identity));
        }

        return marks;
    }

    /// <summary>A caption in the corner, with a frame around the picture.</summary>
    public static Mark Caption(Frame frame, string text) => new(new Box(0, 0, frame.Width, frame.Height), text, 0);

    private static Mark Dot(PersonSeen seen, long identity) =>
        new(new Box(seen.X + (seen.Width / 2), seen.Y + seen.Height, TrailDot, TrailDot), "", identity);

    private Queue<(long Frame, PersonSeen Seen)> Follow(PersonSeen seen, long frame)
    {
        if (!_trails.TryGetValue(seen.Person, out var trail))
        {
            _trails[seen.Person] = trail = new();
        }

        trail.Enqueue((frame, seen));
        while (trail.Peek().Frame < frame - TrailFrames)
        {
            trail.Dequeue();
        }

        return trail;
    }
}
