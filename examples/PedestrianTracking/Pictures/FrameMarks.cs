using System.Globalization;
using JellyBean.Vision;
using JellyBean.Vision.Drawing;

namespace PedestrianTracking.Pictures;

/// <summary>What to draw on the frames of a camera: everyone's box and number, and the way they came.</summary>
internal sealed class FrameMarks(ILookup<long, PersonSeen> tracks)
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
            marks.AddRange(Follow(seen, frame).Select(at => Dot(at.Seen)));
            marks.Add(new Mark(new Box(seen.X, seen.Y, seen.Width, seen.Height), seen.Person.ToString(CultureInfo.InvariantCulture), seen.Person));
        }

        return marks;
    }

    /// <summary>A caption in the corner, with a frame around the picture.</summary>
    public static Mark Caption(Frame frame, string text) => new(new Box(0, 0, frame.Width, frame.Height), text, 0);

    private static Mark Dot(PersonSeen seen) =>
        new(new Box(seen.X + (seen.Width / 2), seen.Y + seen.Height, TrailDot, TrailDot), "", seen.Person);

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
