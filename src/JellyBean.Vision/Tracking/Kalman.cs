namespace JellyBean.Vision.Tracking;

/// <summary>A Kalman filter of one number that moves at a nearly constant velocity. A box is four of them: centre, width, height, which do not influence each other.</summary>
/// <remarks>Welch and Bishop, An Introduction to the Kalman Filter, eq. 1.9–1.13, with the noise of a white acceleration.</remarks>
internal record struct Kalman(double Value, double Velocity, double ValueVariance, double Covariance, double VelocityVariance)
{
    public static Kalman Begin(double value, double deviation, double velocityDeviation) =>
        new(value, 0, deviation * deviation, 0, velocityDeviation * velocityDeviation);

    /// <param name="seconds">Time that has passed.</param>
    /// <param name="acceleration">Standard deviation, per second squared.</param>
    public readonly Kalman Predict(double seconds, double acceleration)
    {
        var (t, q) = (seconds, acceleration * acceleration);
        return new(
            Value + (t * Velocity),
            Velocity,
            ValueVariance + (2 * t * Covariance) + (t * t * VelocityVariance) + (q * t * t * t * t / 4),
            Covariance + (t * VelocityVariance) + (q * t * t * t / 2),
            VelocityVariance + (q * t * t));
    }

    /// <param name="measured">The number as it was seen.</param>
    /// <param name="deviation">Standard deviation of seeing.</param>
    public readonly Kalman Update(double measured, double deviation)
    {
        var innovation = measured - Value;
        var total = ValueVariance + (deviation * deviation);
        var (gain, velocityGain) = (ValueVariance / total, Covariance / total);
        return new(
            Value + (gain * innovation),
            Velocity + (velocityGain * innovation),
            (1 - gain) * ValueVariance,
            (1 - gain) * Covariance,
            VelocityVariance - (velocityGain * Covariance));
    }
}
