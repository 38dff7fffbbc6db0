namespace JellyBean.Runtime.Telemetry;

/// <summary>How a number went by which the accuracy of a model may be judged without knowing the truth, under the variant in force on a worker.</summary>
/// <param name="Name">As the workflow calls it.</param>
/// <param name="Count">Answers that gave one, since the variant began there.</param>
/// <param name="Unknown">Answers that gave none: not a number, or the function threw.</param>
/// <param name="Mean">Of the last <see cref="Window"/> or so, the latest counting the most.</param>
/// <param name="Spread">Their standard deviation.</param>
/// <param name="Beginning">The mean of the first <see cref="Window"/>; null before.</param>
/// <param name="Stated">What the workflow says that the mean should be; null where it says nothing.</param>
/// <param name="MostDrift">How far the mean may be from that, or else from the beginning, before it is told.</param>
public sealed record ProxyReport(string Name, long Count, long Unknown, double Mean, double Spread, double? Beginning, double? Stated, double MostDrift)
{
    /// <summary>Answers that make up a mean.</summary>
    public const int Window = 100;

    /// <summary>What the mean is compared with; null where that is not known yet.</summary>
    public double? Reference => Stated ?? Beginning;
}
