using System.Collections.Immutable;

namespace JellyBean.Vision.Accuracy;

/// <summary>A frame of a view: what is true, and what was found. What does not count either way is left out.</summary>
/// <param name="View">The camera's name.</param>
/// <param name="Number">Which frame of it.</param>
/// <param name="Truth">What should be found.</param>
/// <param name="Found">What was found.</param>
public sealed record ComparedFrame(string View, long Number, ImmutableArray<LabelledBox> Truth, ImmutableArray<LabelledBox> Found)
{
    /// <summary>Puts truth and findings of a view side by side.</summary>
    /// <remarks>
    /// A found box is left out if it matches no true one that counts, and at least half of it lies on an ignored one: the rule of the KITTI
    /// benchmark (Geiger et al. 2012) for its regions of no care.
    /// </remarks>
    /// <param name="view">The camera's name.</param>
    /// <param name="frames">How many frames to compare, from 0; boxes of later ones do not count.</param>
    /// <param name="truth">What is true.</param>
    /// <param name="found">What was found; at most one box per frame and id.</param>
    /// <returns>Every frame, empty ones included, in order.</returns>
    public static ImmutableArray<ComparedFrame> Of(string view, long frames, IEnumerable<LabelledBox> truth, IEnumerable<LabelledBox> found)
    {
        var trueIn = truth.ToLookup(b => b.Frame);
        var foundIn = found.ToLookup(b => b.Frame);
        return [.. Numbers(frames).Select(number => Of(view, number, [.. trueIn[number]], [.. foundIn[number]]))];
    }

    private static ComparedFrame Of(string view, long number, ImmutableArray<LabelledBox> truth, ImmutableArray<LabelledBox> found)
    {
        ImmutableArray<LabelledBox> counting = [.. truth.Where(t => !t.IsIgnored)];
        ImmutableArray<LabelledBox> ignored = [.. truth.Where(t => t.IsIgnored)];
        if (ignored.IsEmpty)
        {
            return new(view, number, counting, found);
        }

        var right = Overlaps.Match(counting, found).Select(m => m.Found).ToHashSet();
        return new(view, number, counting, [.. found.Where(f => right.Contains(f) || !ignored.Any(i => Overlaps.LiesOn(f.Box, i.Box)))]);
    }

    private static IEnumerable<long> Numbers(long count)
    {
        for (var number = 0L; number < count; number++)
        {
            yield return number;
        }
    }
}
