namespace JellyBean.Runtime.Calibration;

/// <summary>A workflow could not be measured.</summary>
/// <param name="message">What was found and what to do.</param>
public sealed class CalibrationException(string message) : Exception(message);
