using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Profiles;

/// <summary>Logs each step of a calibration, and says now and then how far it is: it may take minutes, as live sources give their elements no faster than they do.</summary>
/// <param name="logger">Told each.</param>
/// <param name="progress">Told one every five seconds at the most.</param>
/// <param name="clock">Says when.</param>
internal sealed class CalibrationSteps(ILogger logger, IProgress<string> progress, TimeProvider clock) : IProgress<string>
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private long _told = clock.GetTimestamp();

    public void Report(string value)
    {
        ProfileLog.Step(logger, value);
        if (clock.GetElapsedTime(_told) >= Every)
        {
            _told = clock.GetTimestamp();
            progress.Report($"… {value}");
        }
    }
}
