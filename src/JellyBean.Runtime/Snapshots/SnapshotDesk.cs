using System.Collections.Immutable;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Coordination;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Snapshots;

/// <summary>The coordinator's hand in snapshots: keeps the state of <see cref="SnapshotMachine"/>, writes manifests, and says what became of them.</summary>
internal sealed partial class SnapshotDesk(SnapshotOptions options, TimeSpan resendAfter, ILogger logger)
{
    private readonly SnapshotMachine _machine = new(options, resendAfter);
    private readonly SnapshotFolder _folder = new(options.Folder);
    private SnapshotState _state = new();
    private bool _isTold;

    /// <summary>What became of them so far.</summary>
    public SnapshotReport Report { get; private set; } = new(0, 0, TimeSpan.Zero, 0);

    /// <summary>What a step of the run means for snapshots; null if nothing.</summary>
    public static SnapshotEvent? EventOf(RunState before, RunState after) => (before.Phase, after.Phase, after.Run) switch
    {
        (not RunPhase.Running, RunPhase.Running, { } run) => new SnapshotEvent.Started(run.Epoch, [.. run.Parts.Keys], run.Snapshot ?? 0),
        (not RunPhase.Securing, RunPhase.Securing, _) => new SnapshotEvent.Completed(),
        (RunPhase.Running or RunPhase.Draining or RunPhase.Securing, not (RunPhase.Running or RunPhase.Draining or RunPhase.Securing), _) => new SnapshotEvent.Stopped(),
        _ => null,
    };

    public ImmutableArray<SnapshotEffect> Next(SnapshotEvent occurred, TimeSpan now)
    {
        var step = _machine.Next(_state, occurred, now);
        _state = step.State;
        foreach (var effect in step.Effects)
        {
            Tell(effect);
        }

        return step.Effects;
    }

    /// <summary>Writes that a snapshot is complete.</summary>
    /// <returns>What came of it.</returns>
    public async Task<SnapshotEvent> KeepAsync(Plan plan, SnapshotEffect.Keep keep, DateTimeOffset now)
    {
        try
        {
            await _folder.CompleteAsync(SnapshotManifest.Of(plan, keep.Snapshot, keep.Parts, now), CancellationToken.None).ConfigureAwait(false);
            return new SnapshotEvent.Kept(keep.Snapshot);
        }
        catch (SnapshotException cause)
        {
            return new SnapshotEvent.NotKept(keep.Snapshot, cause.Message);
        }
    }

    private void Tell(SnapshotEffect effect)
    {
        switch (effect)
        {
            case SnapshotEffect.Done e:
                Report = Report with { Last = e.Snapshot, Bytes = e.Bytes, Took = e.Took };
                LogDone(logger, _isTold ? LogLevel.Information : LogLevel.Debug, _state.Epoch, e.Snapshot, e.Bytes, e.Took.TotalMilliseconds);
                _isTold = false;
                break;
            case SnapshotEffect.GivenUp e:
                Report = Report with { GivenUp = Report.GivenUp + 1 };

                // What lasts, as a full disk does, would be said at every interval, of another file each time: once, until one is complete again.
                LogGivenUp(logger, _isTold ? LogLevel.Debug : LogLevel.Warning, _state.Epoch, e.Snapshot, e.Reason);
                _isTold = true;
                break;
        }
    }

    [LoggerMessage(EventId = 1170, Message = "Snapshot {Snapshot} of epoch {Epoch} is complete: {Bytes} bytes in {Milliseconds:F0} ms")]
    private static partial void LogDone(ILogger logger, LogLevel level, long epoch, long snapshot, long bytes, double milliseconds);

    [LoggerMessage(EventId = 1171, Message = "Snapshot {Snapshot} of epoch {Epoch} was given up; the run goes on, and the next one is tried. {Reason}")]
    private static partial void LogGivenUp(ILogger logger, LogLevel level, long epoch, long snapshot, string reason);
}
