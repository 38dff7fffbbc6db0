using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Infrastructure;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Clusters;

/// <summary>The catalogue as it is configured now: prices and links may be changed while a run is on. What cannot be read changes nothing, and is told once.</summary>
/// <param name="read">Reads what is configured.</param>
/// <param name="logger">Tells what has changed, and what is wrong.</param>
internal sealed partial class ConfiguredCatalogue(Func<InfrastructureCatalogue> read, ILogger logger)
{
    private InfrastructureCatalogue? _last;
    private string? _told;

    /// <summary>What it is now.</summary>
    /// <param name="first">What it was when times were measured.</param>
    public InfrastructureCatalogue Now(InfrastructureCatalogue first)
    {
        try
        {
            var now = read();
            if (!(_last ?? first).Links.SequenceEqual(now.Links) || !(_last ?? first).WorkerTypes.SequenceEqual(now.WorkerTypes))
            {
                LogChanged(logger, now.Name);
            }

            (_last, _told) = (now, null);
        }
        catch (BadInputException cause) when (_told != cause.Message)
        {
            _told = cause.Message;
            LogUnreadable(logger, cause.Message);
        }
        catch (BadInputException)
        {
            // Told already.
        }

        return _last ?? first;
    }

    [LoggerMessage(EventId = 2160, Level = LogLevel.Information, Message = "Catalogue '{Name}' has changed; plans use it as it is now")]
    private static partial void LogChanged(ILogger logger, string name);

    [LoggerMessage(EventId = 2161, Level = LogLevel.Warning, Message = "The catalogue cannot be read again; plans use it as it was. {Problem}")]
    private static partial void LogUnreadable(ILogger logger, string problem);
}
