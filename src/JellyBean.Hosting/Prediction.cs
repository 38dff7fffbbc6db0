namespace JellyBean.Hosting;

/// <summary>Something that a plan said a run would show, beside what it showed.</summary>
/// <param name="Quantity">What it is, with its unit: <c>throughput/s</c>, <c>utilisation</c>, <c>message-bytes</c>, <c>p50-ms</c>, <c>p99-ms</c>.</param>
/// <param name="Of">What it is of: an operator on a worker, a worker, a route, an output; empty for the whole.</param>
/// <param name="Predicted">From the profile alone.</param>
/// <param name="Measured">From the run's meters.</param>
public sealed record Prediction(string Quantity, string Of, double Predicted, double Measured)
{
    /// <summary>The distance from what was measured, as a part of it; 0 where both are 0.</summary>
    public double RelativeError => Predicted == Measured ? 0 : Math.Abs(Predicted - Measured) / Math.Abs(Measured);
}
