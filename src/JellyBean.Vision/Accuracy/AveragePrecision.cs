namespace JellyBean.Vision.Accuracy;

/// <summary>How well boxes are found, whoever they belong to: the area under the curve of precision over recall, as the least score is lowered.</summary>
/// <remarks>
/// Everingham et al., The PASCAL Visual Object Classes Challenge: A Retrospective (2015): at an overlap of 0.5, with the
/// precision at each recall being the best at that or a higher recall, over all points. As in COCO, a box takes the true one that it overlaps most
/// among those not taken yet.
/// </remarks>
public static class AveragePrecision
{
    /// <summary>Measures.</summary>
    /// <returns>0–1. 1 where there is nothing to find and nothing was found, 0 where only the one or the other is so.</returns>
    public static double Of(IEnumerable<ComparedFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        List<ComparedFrame> all = [.. frames];
        var truths = all.Sum(f => f.Truth.Length);
        List<bool> hits = [.. all.SelectMany(Judged).OrderByDescending(j => j.Score).Select(j => j.IsHit)];
        if (truths == 0 || hits.Count == 0)
        {
            return truths == hits.Count ? 1 : 0;
        }

        // From the end, the best precision so far; each hit is worth one more of the truths.
        var right = hits.Count(h => h);
        var (best, area) = (0.0, 0.0);
        for (var i = hits.Count - 1; i >= 0; i--)
        {
            best = Math.Max(best, (double)right / (i + 1));
            if (hits[i])
            {
                area += best / truths;
                right--;
            }
        }

        return area;
    }

    private static IEnumerable<(float Score, bool IsHit)> Judged(ComparedFrame frame)
    {
        List<LabelledBox> open = [.. frame.Truth];
        foreach (var found in frame.Found.OrderByDescending(f => f.Box.Score))
        {
            var nearest = open.MaxBy(t => t.Box.IoU(found.Box));
            var isHit = nearest is not null && nearest.Box.IoU(found.Box) >= Overlaps.LeastIoU && open.Remove(nearest);
            yield return (found.Box.Score, isHit);
        }
    }
}
