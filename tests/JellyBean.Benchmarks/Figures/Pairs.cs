using System.Globalization;

namespace JellyBean.Benchmarks.Figures;

/// <summary>Interleaved pairs of subject and control: what the machine does to one, it does to the other.</summary>
internal static class Pairs
{
    /// <summary>The ratio subject / control of each pair, printed as it comes.</summary>
    /// <param name="pairs">At least 5.</param>
    /// <param name="subject">Gives a rate.</param>
    /// <param name="control">Gives a rate.</param>
    public static async Task<PairedRatios> MeasureAsync(int pairs, Func<Task<double>> subject, Func<Task<double>> control)
    {
        var ratios = new List<double>();
        var controls = new List<double>();
        for (var i = 0; i < pairs; i++)
        {
            // Control on both sides of the subject: half the drift between them cancels.
            var before = await control();
            var measured = await subject();
            var after = await control();
            ratios.Add(measured * 2 / (before + after));
            controls.Add(after / before);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  pair {i + 1}: control {before:0.0} and {after:0.0}, subject {measured:0.0}, ratio {ratios[^1]:0.000}"));
        }

        return new PairedRatios([.. ratios.Order()], [.. controls.Order()]);
    }

    /// <summary>The middle value.</summary>
    public static double Median(IReadOnlyList<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
}

/// <summary>Ratios of pairs, sorted.</summary>
/// <param name="Subject">Subject to control.</param>
/// <param name="Control">Control to control: what the machine's noise alone does.</param>
internal sealed record PairedRatios(IReadOnlyList<double> Subject, IReadOnlyList<double> Control)
{
    public double Median => Pairs.Median(Subject);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"median {Median:0.000} (from {Subject[0]:0.000} to {Subject[^1]:0.000}); control against control: median {Pairs.Median(Control):0.000} (from {Control[0]:0.000} to {Control[^1]:0.000})");
}
