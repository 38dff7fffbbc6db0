using System.Globalization;

namespace JellyBean.Vision.Cameras;

/// <summary>A rectangle of whole pixels.</summary>
/// <param name="X">Left edge, from 0.</param>
/// <param name="Y">Upper edge, from 0.</param>
/// <param name="Width">1 or more.</param>
/// <param name="Height">1 or more.</param>
public sealed record Region(int X, int Y, int Width, int Height)
{
    /// <summary>Whether there is a picture that it lies on.</summary>
    internal bool IsPossible => Width is > 0 and <= Picture.MaxSide && Height is > 0 and <= Picture.MaxSide && X >= 0 && X <= int.MaxValue - Width && Y >= 0 && Y <= int.MaxValue - Height;

    /// <summary>Reads <c>x,y,width,height</c>.</summary>
    /// <returns>Null for anything else.</returns>
    public static Region? Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new int[4];
        for (var i = 0; i < 4; i++)
        {
            if (parts.Length != 4 || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        var region = new Region(numbers[0], numbers[1], numbers[2], numbers[3]);
        return region.IsPossible ? region : null;
    }
}
