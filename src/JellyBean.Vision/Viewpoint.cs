namespace JellyBean.Vision;

/// <summary>Where a camera's picture lies in the coordinates of the place that it watches.</summary>
/// <param name="Site">The place's name: cameras that share it share its coordinates.</param>
/// <param name="X">The place's coordinate of the picture's left edge, in pixels.</param>
/// <param name="Y">The place's coordinate of the picture's upper edge, in pixels.</param>
public sealed record Viewpoint(string Site, int X, int Y)
{
    /// <summary>Most characters of a site's name.</summary>
    public const int LongestSite = 200;

    /// <summary>Where a box of the picture lies in the place.</summary>
    public Box Place(Box box) => box with { X = box.X + X, Y = box.Y + Y };
}
