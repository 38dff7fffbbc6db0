using Akka.Actor;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Control.Upgrades;
using JellyBean.Runtime.Snapshots;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>What a coordinator does of what <see cref="RunMachine"/> has decided.</summary>
internal sealed partial class Coordinator
{
    private void Do(RunEffect effect)
    {
        switch (effect)
        {
            case RunEffect.Reply e:
                if (e.Message is Refused { IsFinal: true } refused)
                {
                    LogNodeRefused(_logger, refused.Reason);
                }

                Sender.Tell(e.Message);
                break;
            case RunEffect.Send e:
                // One that is gone is told when it comes back.
                _agents.Of(e.Worker)?.Tell(e.Message);
                break;
            case RunEffect.CallVersion e:
                Context.Parent.Tell(new ToVersion(e.Fingerprint, e.Ask));
                break;
            case RunEffect.TellVersion e:
                Sender.Tell(e.Version);
                break;
            case RunEffect.WantSnapshot:
                Advance(new SnapshotEvent.Wanted());
                break;
            case RunEffect.WantLastSnapshot:
                Advance(new SnapshotEvent.Completed());
                break;
            case RunEffect.LetLeadGo:
                Context.Parent.Tell(new Coordinators.LeadMayEnd());
                break;
            case RunEffect.MakePlan e:
                _plans.MakeAsync(e.Request.Replan is null ? e with { Request = e.Request with { Known = _replanning?.Known(Now) } } : e).PipeTo(Self);
                break;
            case RunEffect.Record e:
                Write(e.What);
                break;
            case RunEffect.Tell e:
                LogTold(_logger, e.IsTrouble ? LogLevel.Warning : LogLevel.Information, e.What);
                break;
            case RunEffect.Publish e:
                Publish(Whole(e.Report));
                break;
            case RunEffect.Complete e:
                LogCompleted(_logger, e.Report.Epoch, e.Report.Elapsed.TotalSeconds);
                _ticket?.Complete(Whole(e.Report));
                _ticket = null;
                _audience.TellAll(_self, _state, Now);
                break;
            case RunEffect.Fail e:
                // Whoever waits for the run is told by an exception, and says it; only what nobody waits for is said here.
                LogFailed(_logger, _ticket is null ? LogLevel.Error : LogLevel.Debug, e.Epoch, e.Failure.Message);
                _ticket?.Fail(new RunException(e.Failure.Message, e.Epoch, e.Failure.Worker));
                _ticket = null;
                _audience.TellAll(_self, _state, Now);
                break;
        }
    }

    private void Write(RunRecord record)
    {
        _leader = _leader.Write(_history.WrittenWith(record, Now).ToBytes());
        Ask();
    }

    private RunReport Whole(RunReport report) => report with { Snapshots = _snapshots?.Report, Adaptations = _adaptation?.Records ?? [] };

    private void Publish(RunReport report)
    {
        try
        {
            _ticket?.Publish(report);
        }
        catch (Exception cause)
        {
            // What listens is the user's code.
            LogProgressFailed(_logger, report.Epoch, cause);
        }
    }
}
