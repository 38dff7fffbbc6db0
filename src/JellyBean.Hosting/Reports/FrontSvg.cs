using System.Globalization;
using System.Security;
using System.Text;
using JellyBean.Planning.Plans;

namespace JellyBean.Hosting.Reports;

/// <summary>A picture of what accuracy costs, as SVG: cost to the right, accuracy upwards, a step for each plan.</summary>
internal static class FrontSvg
{
    private const double Width = 760;
    private const double Height = 420;
    private const double Left = 70;
    private const double Right = 30;
    private const double Row = 18;
    private const double Top = 50;
    private const double Bottom = 60;

    public static string Draw(AccuracyFront front)
    {
        var (first, last) = (front.Points[0], front.Points[^1]);
        var mostCost = Math.Max(last.Plan.Cost.TotalPerHour * 1.05, 1e-9);
        var (low, high) = Range(first.Accuracy, last.Accuracy);
        var svg = new StringBuilder();
        svg.Append(Text($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height + (Row * front.Points.Length)}\" font-family=\"sans-serif\" font-size=\"12\">\n"));
        svg.Append(Text($"<rect width=\"{Width}\" height=\"{Height + (Row * front.Points.Length)}\" fill=\"white\"/>\n"));
        svg.Append(Text($"<text x=\"{Left}\" y=\"24\" font-size=\"15\">{Escape($"What {front.Metric} of '{front.Output}' costs")}</text>\n"));
        svg.Append(Text($"<text x=\"{Left}\" y=\"40\" fill=\"#666\">measured accuracy, predicted cost of the cheapest plan</text>\n"));
        for (var i = 0; i <= 4; i++)
        {
            var (accuracy, cost) = (low + ((high - low) * i / 4), mostCost * i / 4);
            svg.Append(Text($"<line x1=\"{Left}\" y1=\"{Y(accuracy)}\" x2=\"{Width - Right}\" y2=\"{Y(accuracy)}\" stroke=\"#ddd\"/>\n"));
            svg.Append(Text($"<text x=\"{Left - 8}\" y=\"{Y(accuracy) + 4}\" text-anchor=\"end\">{accuracy:0.00}</text>\n"));
            svg.Append(Text($"<text x=\"{X(cost)}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{cost:0.000}</text>\n"));
        }

        svg.Append(Text($"<text x=\"{X(mostCost / 2)}\" y=\"{Height - 16}\" text-anchor=\"middle\">{Escape(Money.Unit(first.Plan.Cost.Currency))}</text>\n"));
        svg.Append(Text($"<path d=\"M{X(first.Plan.Cost.TotalPerHour)} {Height - Bottom}"));
        foreach (var point in front.Points)
        {
            svg.Append(Text($" H{X(point.Plan.Cost.TotalPerHour)} V{Y(point.Accuracy)}"));
        }

        svg.Append(Text($" H{Width - Right}\" fill=\"none\" stroke=\"#2a6f97\" stroke-width=\"2\"/>\n"));
        for (var i = 0; i < front.Points.Length; i++)
        {
            // Points may be close to each other: their labels stand below, by number.
            var point = front.Points[i];
            var (x, y) = (X(point.Plan.Cost.TotalPerHour), Y(point.Accuracy));
            svg.Append(Text($"<circle cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"#2a6f97\"/>\n"));
            svg.Append(Text($"<text x=\"{x}\" y=\"{y - 8}\" text-anchor=\"middle\">{i + 1}</text>\n"));
            svg.Append(Text($"<text x=\"{Left}\" y=\"{Height + (Row * i)}\">{i + 1}  {Escape(point.Variants)}: {point.AccuracyText}, {point.CostText}</text>\n"));
        }

        return svg.Append("</svg>\n").ToString();

        double X(double cost) => Math.Round(Left + ((Width - Left - Right) * cost / mostCost), 1);

        double Y(double accuracy) => Math.Round(Height - Bottom - ((Height - Top - Bottom) * (accuracy - low) / (high - low)), 1);
    }

    /// <summary>Tenths around the values, so that axes have round numbers.</summary>
    private static (double Low, double High) Range(double least, double most)
    {
        var (low, high) = (Math.Floor(least * 10 - 1e-9) / 10, Math.Ceiling(most * 10 + 1e-9) / 10);
        return (low, high > low ? high : low + 0.1);
    }

    private static string Escape(string text) => SecurityElement.Escape(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
