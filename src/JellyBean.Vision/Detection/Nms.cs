namespace JellyBean.Vision.Detection;

/// <summary>Non-maximum suppression: of boxes that show the same thing, the surest stays.</summary>
public static class Nms
{
    /// <summary>Keeps the surest boxes whose overlap with every surer box of their class is at most <paramref name="maxIoU"/>.</summary>
    /// <param name="boxes">Candidates; sorted in place, surest first, ties by position so that the result does not depend on the order given.</param>
    /// <param name="maxIoU">0–1.</param>
    /// <param name="most">How many to keep; all unless given.</param>
    public static IReadOnlyList<Box> Suppress(List<Box> boxes, float maxIoU, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(boxes);
        boxes.Sort(static (a, b) =>
        {
            var order = b.Score.CompareTo(a.Score);
            order = order != 0 ? order : a.Class.CompareTo(b.Class);
            order = order != 0 ? order : a.X.CompareTo(b.X);
            order = order != 0 ? order : a.Y.CompareTo(b.Y);
            order = order != 0 ? order : a.Width.CompareTo(b.Width);
            return order != 0 ? order : a.Height.CompareTo(b.Height);
        });
        List<Box> kept = [];
        foreach (var box in boxes)
        {
            if (kept.Count == most)
            {
                break;
            }

            var hidden = false;
            foreach (var surer in kept)
            {
                if (surer.Class == box.Class && surer.IoU(box) > maxIoU)
                {
                    hidden = true;
                    break;
                }
            }

            if (!hidden)
            {
                kept.Add(box);
            }
        }

        return kept;
    }
}
