using JellyBean.Vision;
using JellyBean.Vision.Tracking;

namespace PedestrianTracking;

/// <summary>A frame and the people that the detector found in it.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Boxes">Where they are, unsure ones included.</param>
public sealed record Seen(Frame Frame, IReadOnlyList<Box> Boxes)
{
    /// <summary>How sure the detector is of them, on average; not a number where it found none.</summary>
    public double MeanScore => Boxes.Count == 0 ? double.NaN : Boxes.Average(box => box.Score);

    /// <summary>A piece of the frame for each box.</summary>
    public IEnumerable<Crop> Crops() => Boxes.Select(Frame.Crop);

    /// <summary>What the tracker needs to know of it.</summary>
    public Sighting WithoutPixels() => Sighting.Of(Frame, Boxes);
}
