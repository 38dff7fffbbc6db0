using System.Collections.Immutable;
using JellyBean.Vision.Cameras;

namespace JellyBean.Vision.Accuracy;

/// <summary>Where everybody really is, in one view.</summary>
/// <param name="Frames">How many frames it covers, from 0.</param>
/// <param name="Boxes">At most one per frame and id.</param>
public sealed record Truth(long Frames, ImmutableArray<LabelledBox> Boxes)
{
    /// <summary>The share of a box that a clipped view must show for it to be asked for.</summary>
    public const double LeastVisible = 0.5;

    /// <summary>What of it a camera shows that keeps a part of the picture.</summary>
    /// <remarks>
    /// Boxes are cut at the view's edges, as a detector sees them. One of which less than <see cref="LeastVisible"/> is left is ignored: nobody
    /// must find it, and who finds it makes no mistake. The MOT challenges (Milan et al. 2016) treat what they do not judge so.
    /// </remarks>
    /// <param name="region">The part; coordinates of what is returned count from its corner.</param>
    public Truth Clip(Region region)
    {
        ArgumentNullException.ThrowIfNull(region);
        return this with { Boxes = [.. Boxes.Select(b => Clip(b, region)).Where(b => b.Box is { Width: > 0, Height: > 0 })] };
    }

    private static LabelledBox Clip(LabelledBox whole, Region region)
    {
        var moved = whole.Box with { X = whole.Box.X - region.X, Y = whole.Box.Y - region.Y };
        var visible = moved.Clip(region.Width, region.Height);
        return whole with { Box = visible, IsIgnored = whole.IsIgnored || visible.Width * visible.Height < LeastVisible * moved.Width * moved.Height };
    }
}
