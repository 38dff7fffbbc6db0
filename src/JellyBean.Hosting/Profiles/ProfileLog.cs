using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Profiles;

internal static partial class ProfileLog
{
    [LoggerMessage(1200, LogLevel.Warning, "Profile {Path} was measured elsewhere, so its times may not hold here: {Differences}. Measure one here with the command 'profile'.")]
    public static partial void MeasuredElsewhere(ILogger logger, string path, string differences);

    [LoggerMessage(1201, LogLevel.Warning, "The measured profile {Path} cannot be used and is measured again: {Reason}")]
    public static partial void Unusable(ILogger logger, string path, string reason);

    [LoggerMessage(1202, LogLevel.Warning, "The profile could not be kept in {Path}, so the next run measures again: {Reason}")]
    public static partial void NotKept(ILogger logger, string path, string reason);

    [LoggerMessage(1203, LogLevel.Information, "Planning with profile {Path}: {Provenance}")]
    public static partial void Used(ILogger logger, string path, string provenance);

    [LoggerMessage(1204, LogLevel.Information, "Calibration: {Step}")]
    public static partial void Step(ILogger logger, string step);

    [LoggerMessage(1205, LogLevel.Warning, "Variant {Variant} of '{Operator}' fails on batches of {BatchSize}, which are not planned with: {Reason}")]
    public static partial void Gap(ILogger logger, string variant, string @operator, int batchSize, string reason);

    [LoggerMessage(1207, LogLevel.Warning, "The machine was busy while it was measured: {Scatter}. Plans made of such times may be dearer than need be, or fit no machine; measure again with --recalibrate when less runs beside.")]
    public static partial void Scattered(ILogger logger, string scatter);

    [LoggerMessage(1206, LogLevel.Warning, "The measured accuracies cannot be used: {Reason}")]
    public static partial void AccuraciesUnusable(ILogger logger, string reason);
}
