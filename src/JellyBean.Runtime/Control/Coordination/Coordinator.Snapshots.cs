using Akka.Actor;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Runtime.Snapshots;

namespace JellyBean.Runtime.Control.Coordination;

/// <summary>The coordinator's part in snapshots: what nodes say of theirs, what they are told, and that no sink commits what the next coordinator would not know of.</summary>
internal sealed partial class Coordinator
{
    private (SnapshotEffect.Keep What, long Index)? _keep;
    private long _snapshotBegan;

    private void ReceiveSnapshots()
    {
        Receive<SnapshotStored>(m => FromNode(w => new SnapshotEvent.PartStored(w, m.Epoch, new SnapshotReceipt(m.Snapshot, w, m.Bytes, m.Checksum) { Copy = m.Copy })));
        Receive<SnapshotFailed>(m => FromNode(w => new SnapshotEvent.PartFailed(w, m.Epoch, m.Snapshot, m.Reason)));
        Receive<SnapshotCommitted>(m => FromNode(w => new SnapshotEvent.Committed(w, m.Epoch, m.Snapshot)));
        Receive<SnapshotEvent>(Advance);
    }

    private void FromNode(Func<WorkerId, SnapshotEvent> occurred)
    {
        if (_agents.Of(Sender) is { } worker)
        {
            Advance(occurred(worker));
        }
    }

    private void Advance(SnapshotEvent occurred)
    {
        foreach (var effect in _snapshots?.Next(occurred, Now) ?? [])
        {
            switch (effect)
            {
                case SnapshotEffect.Take e:
                    if (e.Snapshot > _snapshotBegan)
                    {
                        _snapshotBegan = e.Snapshot;
                        Advance(new RunEvent.SnapshotBegan(e.Snapshot));
                    }

                    Do(new RunEffect.Send(e.Worker, new TakeSnapshot(e.Epoch, e.Snapshot)));
                    break;
                case SnapshotEffect.Commit e:
                    Do(new RunEffect.Send(e.Worker, new CommitSnapshot(e.Epoch, e.Snapshot, e.Parts)));
                    break;
                case SnapshotEffect.Keep e:
                    // Whoever coordinates next knows of it, too, before any sink commits.
                    Advance(new RunEvent.SnapshotComplete(e.Snapshot, e.Parts));
                    _keep = (e, _state.Run is { IsPlannedHere: true } ? _leader.Entry.Index : 0);
                    KeepIfRecorded();
                    break;
                case SnapshotEffect.Over:
                    Advance(new RunEvent.Secured());
                    break;
            }
        }
    }

    private void KeepIfRecorded()
    {
        if (_keep is ({ } keep, var index) && index <= _leader.Kept && _state.Run is { Plan: { } plan } && plan.Epoch == keep.Epoch)
        {
            _keep = null;
            _snapshots!.KeepAsync(plan, keep, _time.GetUtcNow()).PipeTo(Self);
        }
    }
}
