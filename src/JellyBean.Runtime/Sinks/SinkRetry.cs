using System.Diagnostics;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Sinks;

/// <summary>Writes a batch, again and again with backoff while the sink says that it may succeed.</summary>
internal static class SinkRetry
{
    private const int MostTries = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(10);

    /// <exception cref="SinkException">It was refused <see cref="MostTries"/> times, and for as long as the sink is patient.</exception>
    public static async Task WriteAsync(
        BoundSink sink, long epoch, IReadOnlyList<UntypedResult> results, IReadOnlyList<SourcePosition> settled, OutputMeter meter, CancellationToken cancellationToken)
    {
        var (backoff, started) = (new Backoff(FirstPause, MostPause), Stopwatch.GetTimestamp());
        for (var tries = 1; ; tries++)
        {
            try
            {
                await sink.WriteAsync(epoch, results, settled, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SinkException) when (tries < MostTries || Stopwatch.GetElapsedTime(started) < sink.Patience)
            {
                meter.Retried();
                await Task.Delay(backoff.Next(), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
