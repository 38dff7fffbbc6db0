using System.Collections.Immutable;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Journals;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What was decided, as it is told, and when it is to be written down for whoever coordinates next.</summary>
internal sealed class RunHistory(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private DecisionLog _log = DecisionLog.Empty;
    private DecisionLog _written = DecisionLog.Empty;
    private TimeSpan _writtenAt;
    private ImmutableArray<AdaptationRecord> _adaptations = [];

    public ImmutableArray<Decision> Decisions => _log.All;

    /// <summary>Goes on with what another coordinator has written.</summary>
    public void GoOn(RunRecord record) => _log = _written = DecisionLog.Of(record.Decisions);

    /// <summary>Adds what a step of the run has decided.</summary>
    public void Add(RunState before, RunState after, TimeSpan now) => _log = _log.Next(before, after, now, time.GetUtcNow());

    /// <summary>Adds what was adapted, told anew as a whole.</summary>
    public void Add(ImmutableArray<AdaptationRecord> adaptations, TimeSpan now)
    {
        if (adaptations != _adaptations)
        {
            _adaptations = adaptations;
            _log = _log.With(adaptations, now, time.GetUtcNow());
        }
    }

    /// <summary>Whether decisions that changed no plan have waited long enough to be written down as well.</summary>
    public bool IsDue(TimeSpan now) => _log.IsSettled && !_log.Equals(_written) && now - _writtenAt >= Interval;

    /// <returns>The record with the history so far, as far as there is room.</returns>
    public RunRecord WrittenWith(RunRecord record, TimeSpan now)
    {
        (_written, _writtenAt) = (_log, now);
        return record.With(_log.All);
    }
}
