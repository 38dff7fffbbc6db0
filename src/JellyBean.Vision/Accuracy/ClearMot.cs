using System.Collections.Immutable;

namespace JellyBean.Vision.Accuracy;

/// <summary>The errors that a tracker makes frame by frame.</summary>
/// <remarks>
/// Bernardin and Stiefelhagen, Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics (2008): pairs of the frame
/// before are kept while they overlap enough, the others are assigned anew, as many as possible. Somebody who was given another id than the
/// last time is a switch, however long ago that was.
/// </remarks>
/// <param name="Truths">True boxes in all frames.</param>
/// <param name="Misses">True boxes that were not found.</param>
/// <param name="FalsePositives">Found boxes that are nobody's.</param>
/// <param name="Switches">How often somebody's id changed.</param>
public sealed record ClearMot(long Truths, long Misses, long FalsePositives, long Switches)
{
    /// <summary>Multiple object tracking accuracy: 1 less the errors per true box (eq. 2). Below 0 where there are more errors than boxes; where there are no boxes, as if there were one.</summary>
    public double Mota => 1 - ((double)(Misses + FalsePositives + Switches) / Math.Max(1, Truths));

    /// <summary>Counts the errors.</summary>
    /// <param name="frames">Of one view, in order.</param>
    public static ClearMot Of(IEnumerable<ComparedFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var (truths, misses, falsePositives, switches) = (0L, 0L, 0L, 0L);
        Dictionary<long, long> before = [];
        Dictionary<long, long> last = [];
        foreach (var frame in frames)
        {
            var now = Match(frame, before);
            foreach (var (truth, found) in now)
            {
                switches += last.TryGetValue(truth, out var earlier) && earlier != found ? 1 : 0;
                last[truth] = found;
            }

            truths += frame.Truth.Length;
            misses += frame.Truth.Length - now.Count;
            falsePositives += frame.Found.Length - now.Count;
            before = now;
        }

        return new(truths, misses, falsePositives, switches);
    }

    /// <returns>Id of the found one by id of the true one.</returns>
    private static Dictionary<long, long> Match(ComparedFrame frame, Dictionary<long, long> before)
    {
        var found = frame.Found.ToDictionary(f => f.Id);
        Dictionary<long, long> matched = [];
        foreach (var truth in frame.Truth)
        {
            if (before.TryGetValue(truth.Id, out var id) && found.TryGetValue(id, out var same) && truth.Box.IoU(same.Box) >= Overlaps.LeastIoU)
            {
                matched[truth.Id] = id;
                found.Remove(id);
            }
        }

        ImmutableArray<LabelledBox> open = [.. frame.Truth.Where(t => !matched.ContainsKey(t.Id))];
        ImmutableArray<LabelledBox> left = [.. frame.Found.Where(f => found.ContainsKey(f.Id))];
        foreach (var (truth, other) in Overlaps.Match(open, left))
        {
            matched[truth.Id] = other.Id;
        }

        return matched;
    }
}
