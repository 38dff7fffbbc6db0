using System.Globalization;

namespace JellyBean.Vision.Drawing;

/// <summary>A chart of steps upwards, such as what is reached at which price.</summary>
public static class StepChart
{
    private const int Width = 960;
    private const int Height = 540;
    private const int Row = 22;
    private const int Left = 90;
    private const int Right = 40;
    private const int Top = 70;
    private const int Bottom = 70;
    private const int Lines = 4;
    private const uint White = 0xFFFFFFFF;
    private const uint Black = 0xFF000000;
    private const uint Grey = 0xFFDDDDDD;
    private const uint Blue = 0xFF976F2A;

    /// <summary>Draws points in rising order, each with a label.</summary>
    /// <param name="title">What it shows; two lines at most, divided by a line break.</param>
    /// <param name="axis">What goes to the right, with its unit.</param>
    /// <param name="points">At least one, rising both ways; finite.</param>
    /// <returns>A PNG file's bytes.</returns>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public static byte[] Png(string title, string axis, IReadOnlyList<(double X, double Y, string Label)> points)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("A chart needs at least one point.", nameof(points));
        }

        var canvas = new Canvas(Width, Height + (Row * points.Count));
        canvas.Fill(0, 0, canvas.Width, canvas.Height, White);
        foreach (var (line, i) in title.Split('\n').Select((line, i) => (line, i)))
        {
            canvas.Write(Left, 14 + (i * Row), line, Black);
        }

        var most = Math.Max(points[^1].X * 1.05, double.Epsilon);
        var low = Math.Floor((points[0].Y * 10) - 1e-9) / 10;
        var high = Math.Max(low + 0.1, Math.Ceiling((points[^1].Y * 10) + 1e-9) / 10);
        for (var i = 0; i <= Lines; i++)
        {
            var (x, y) = (most * i / Lines, low + ((high - low) * i / Lines));
            canvas.Fill(Left, ToY(y), Width - Left - Right, 1, Grey);
            canvas.Write(14, ToY(y) - 7, y.ToString("0.00", CultureInfo.InvariantCulture), Black);
            canvas.Write(ToX(x) - 24, Height - Bottom + 10, x.ToString("0.000", CultureInfo.InvariantCulture), Black);
        }

        canvas.Write(Left, Height - 28, axis, Black);
        for (var i = 0; i < points.Count; i++)
        {
            var (x, y) = (ToX(points[i].X), ToY(points[i].Y));
            var before = i == 0 ? Height - Bottom : ToY(points[i - 1].Y);
            var next = i == points.Count - 1 ? Width - Right : ToX(points[i + 1].X);
            canvas.Fill(x, y, 2, before - y, Blue);
            canvas.Fill(x, y, next - x, 2, Blue);
            canvas.Fill(x - 3, y - 3, 8, 8, Blue);

            // Points may be close to each other: their labels stand below, by number.
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            canvas.Write(x - 6, y - Row, number, Black);
            canvas.Write(Left, Height + (Row * i), $"{number}  {points[i].Label}", Black);
        }

        return ContactSheet.Encode(canvas);

        int ToX(double value) => Left + (int)((Width - Left - Right) * value / most);

        int ToY(double value) => Height - Bottom - (int)((Height - Top - Bottom) * (value - low) / (high - low));
    }
}
