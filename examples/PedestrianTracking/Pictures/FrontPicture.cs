using System.Globalization;
using JellyBean.Hosting;
using JellyBean.Planning.Plans;
using JellyBean.Vision.Drawing;

namespace PedestrianTracking.Pictures;

/// <summary>Draws what accuracy costs.</summary>
internal static class FrontPicture
{
    /// <param name="front">The plans.</param>
    /// <param name="file">A PNG file to write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task DrawAsync(AccuracyFront front, string file, CancellationToken cancellationToken)
    {
        var points = front.Points.Select(p => (p.Plan.Cost.TotalPerHour, p.Accuracy, Label(p))).ToList();
        var title = $"What {front.Metric} costs\nmeasured accuracy, predicted cost";
        return File.WriteAllBytesAsync(file, StepChart.Png(title, Money.Unit(front.Points[0].Plan.Cost.Currency), points), cancellationToken);
    }

    private static string Label(FrontPoint point) => string.Create(CultureInfo.InvariantCulture, $"{point.Variants}: {point.Accuracy:0.###}, {point.Plan.Cost.TotalPerHour:0.0000}");
}
