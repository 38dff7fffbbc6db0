namespace JellyBean.Runtime.Telemetry;

/// <summary>How a measured quantity was distributed.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="Mean">In the quantity's unit, as are the others.</param>
/// <param name="P50">Half were at most this.</param>
/// <param name="P90">90 % were at most this.</param>
/// <param name="P99">99 % were at most this.</param>
/// <param name="Max">The largest.</param>
public sealed record Distribution(long Count, double Mean, double P50, double P90, double P99, double Max)
{
    /// <summary>Nothing was measured.</summary>
    public static Distribution Empty { get; } = new(0, 0, 0, 0, 0, 0);
}
