namespace JellyBean.Hosting;

/// <summary>Something that a plan said a run would show, beside what it showed.</summary>
/// <param name="Quantity">What it is, with its unit: <c>throughput/s</c>, <c>utilisation</c>, <c>message-bytes</c>, <c>simulated-p50-ms</c>, <c>simulated-p99-ms</c> (of the plan in simulated time; the p99 that a plan is shown with is a bound).</param>
/// <param name="Of">What it is of: an operator on a worker, a worker, a route, an output; empty for the whole.</param>
/// <param name="Predicted">From the profile alone.</param>
/// <param name="Measured">From the run's meters.</param>
public sealed record Prediction(string Quantity, string Of, double Predicted, double Measured)
{
    /// <summary>How far apart they are, as a part of what was measured: the usual relative error, with the measurement as what is true; 0 where both are 0.</summary>
    public double RelativeError => Predicted == Measured ? 0 : Math.Abs(Predicted - Measured) / Math.Abs(Measured);
}
