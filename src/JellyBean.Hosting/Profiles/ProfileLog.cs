using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Profiles;

internal static partial class ProfileLog
{
    [LoggerMessage(1200, LogLevel.Warning, "Profile {Path} was measured on {Processor} with {Cores} cores, this is {HereProcessor} with {HereCores}: its times may not hold here.")]
    public static partial void OtherMachine(ILogger logger, string path, string processor, int cores, string hereProcessor, int hereCores);

    [LoggerMessage(1201, LogLevel.Warning, "The measured profile {Path} cannot be used and is measured again: {Reason}")]
    public static partial void Unusable(ILogger logger, string path, string reason);

    [LoggerMessage(1202, LogLevel.Warning, "The profile could not be kept in {Path}, so the next run measures again: {Reason}")]
    public static partial void NotKept(ILogger logger, string path, string reason);

    [LoggerMessage(1203, LogLevel.Information, "Planning with profile {Path}: {Provenance}")]
    public static partial void Used(ILogger logger, string path, string provenance);

    [LoggerMessage(1204, LogLevel.Information, "Calibration: {Step}")]
    public static partial void Step(ILogger logger, string step);
}
