using JellyBean.Vision.Tracking;

namespace JellyBean.Vision.Accuracy;

/// <summary>Which boxes count as the same.</summary>
internal static class Overlaps
{
    /// <summary>Least overlap, as intersection over union, of a found box with the true one: the usual value of the PASCAL VOC and MOT challenges.</summary>
    public const float LeastIoU = 0.5f;

    /// <summary>As many pairs as possible, and among those answers the one that overlaps most.</summary>
    public static IEnumerable<(LabelledBox Truth, LabelledBox Found)> Match(IReadOnlyList<LabelledBox> truth, IReadOnlyList<LabelledBox> found)
    {
        var costs = new double[truth.Count, found.Count];
        for (var t = 0; t < truth.Count; t++)
        {
            for (var f = 0; f < found.Count; f++)
            {
                var overlap = truth[t].Box.IoU(found[f].Box);
                costs[t, f] = overlap >= LeastIoU ? 1 - overlap : Assignment.Forbidden;
            }
        }

        return Assignment.Solve(costs).Index().Where(p => p.Item >= 0).Select(p => (truth[p.Index], found[p.Item]));
    }

    /// <summary>Whether at least half of a box lies on another one.</summary>
    public static bool LiesOn(Box box, Box other)
    {
        var width = Math.Min(box.X + box.Width, other.X + other.Width) - Math.Max(box.X, other.X);
        var height = Math.Min(box.Y + box.Height, other.Y + other.Height) - Math.Max(box.Y, other.Y);
        return width > 0 && height > 0 && width * height >= box.Width * box.Height / 2;
    }
}
