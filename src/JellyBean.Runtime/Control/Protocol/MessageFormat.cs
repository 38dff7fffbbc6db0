using System.Runtime.Serialization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Journals;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How control messages are named and written.</summary>
internal static class MessageFormat
{
    public static string ManifestOf(object message) => message switch
    {
        Announce => "announce",
        Welcome => "welcome",
        Refused => "refused",
        Deploy => "deploy",
        Deployed => "deployed",
        DeployFailed => "deploy-failed",
        Start => "start",
        TakeOver => "take-over",
        TakenOver => "taken-over",
        HoldSources => "hold-sources",
        Abandon => "abandon",
        Report => "report",
        FragmentCompleted => "fragment-completed",
        FragmentFailed => "fragment-failed",
        Drain => "drain",
        Stop => "stop",
        Stopped => "stopped",
        TakeSnapshot => "take-snapshot",
        SnapshotStored => "snapshot-stored",
        SnapshotFailed => "snapshot-failed",
        CommitSnapshot => "commit-snapshot",
        SnapshotCommitted => "snapshot-committed",
        Adjust => "adjust",
        Adjusted => "adjusted",
        Leaving => "leaving",
        LeaveLater => "leave-later",
        Submit => "submit",
        SubmitRefused => "submit-refused",
        AskStatus => "ask-status",
        StatusIs => "status",
        PlanIs => "plan",
        EndRun => "end-run",
        Command => "command",
        CommandIs => "command-is",
        CommandGoesOn => "command-goes-on",
        AskHistory => "ask-history",
        HistoryIs => "history",
        For => "for",
        WorkflowUnknown => "workflow-unknown",
        AskWorkflows => "ask-workflows",
        WorkflowsAre => "workflows",
        AskPlan => "ask-plan",
        PlanAnswer => "plan-answer",
        NamesAre => "names",
        Prepare => "prepare",
        Promise => "promise",
        Accept => "accept",
        Accepted => "accepted",
        Overruled => "overruled",
        _ => throw new SerializationException($"{message.GetType()} is not a control message."),
    };

    public static byte[] Write(object message) => Wire.Write(message, Write);

    public static object Read(byte[] bytes, string manifest) => manifest switch
    {
        "announce" => Wire.Read(bytes, NodeFormat.ReadAnnounce),
        "welcome" => new Welcome(Wire.Read(bytes, ReadNumber)),
        "refused" => Wire.Read(bytes, ReadRefused),
        "deploy" => Wire.Read(bytes, ReadDeploy),
        "deployed" => Wire.Read(bytes, ReadDeployed),
        "deploy-failed" => Wire.Read(bytes, ReadDeployFailed),
        "start" => new Start(Wire.Read(bytes, ReadNumber)),
        "take-over" => new TakeOver(Wire.Read(bytes, ReadNumber)),
        "taken-over" => new TakenOver(Wire.Read(bytes, ReadNumber)),
        "hold-sources" => Wire.Read(bytes, ReadHold),
        "abandon" => new Abandon(Wire.Read(bytes, ReadNumber)),
        "report" => new Report(Wire.Read(bytes, ReportFormat.Read)),
        "fragment-completed" => new FragmentCompleted(Wire.Read(bytes, ReportFormat.Read)),
        "fragment-failed" => Wire.Read(bytes, ReadFragmentFailed),
        "take-snapshot" => SnapshotFormat.ReadTake(bytes),
        "snapshot-stored" => Wire.Read(bytes, SnapshotFormat.ReadStored),
        "snapshot-failed" => Wire.Read(bytes, SnapshotFormat.ReadFailed),
        "commit-snapshot" => Wire.Read(bytes, SnapshotFormat.ReadCommit),
        "snapshot-committed" => SnapshotFormat.ReadCommitted(bytes),
        "drain" => new Drain(Wire.Read(bytes, ReadNumber)),
        "stop" => new Stop(Wire.Read(bytes, ReadNumber)),
        "stopped" => new Stopped(Wire.Read(bytes, ReadNumber)),
        "adjust" => Wire.Read(bytes, AdjustFormat.ReadAdjust),
        "adjusted" => Wire.Read(bytes, AdjustFormat.ReadAdjusted),
        "leaving" => new Leaving(Wire.Read(bytes, ReadNumber)),
        "leave-later" => Wire.Read(bytes, ReadLeaveLater),
        "submit" => Wire.Read(bytes, ReadSubmit),
        "submit-refused" => Wire.Read(bytes, ReadSubmitRefused),
        "ask-status" => new AskStatus((int)Wire.Read(bytes, ReadNumber)),
        "status" => Wire.Read(bytes, StatusFormat.Read),
        "plan" => Wire.Read(bytes, ReadPlan),
        "end-run" => new EndRun((int)Wire.Read(bytes, ReadNumber)),
        "command" => Wire.Read(bytes, CommandFormat.ReadCommand),
        "command-is" => Wire.Read(bytes, CommandFormat.ReadCommandIs),
        "command-goes-on" => Wire.Read(bytes, CommandFormat.ReadGoesOn),
        "ask-history" => new AskHistory((int)Wire.Read(bytes, ReadNumber)),
        "history" => Wire.Read(bytes, DecisionFormat.ReadHistory),
        "for" => Wire.Read(bytes, WorkflowFormat.ReadFor),
        "workflow-unknown" => new WorkflowUnknown(Wire.Read(bytes, Wire.ReadText)),
        "ask-workflows" => new AskWorkflows((int)Wire.Read(bytes, ReadNumber)),
        "workflows" => Wire.Read(bytes, WorkflowFormat.ReadWorkflows),
        "ask-plan" => Wire.Read(bytes, WorkflowFormat.ReadAskPlan),
        "plan-answer" => Wire.Read(bytes, WorkflowFormat.ReadPlanAnswer),
        "names" => Wire.Read(bytes, WorkflowFormat.ReadNames),
        "prepare" => Wire.Read(bytes, JournalFormat.ReadPrepare),
        "promise" => Wire.Read(bytes, JournalFormat.ReadPromise),
        "accept" => Wire.Read(bytes, JournalFormat.ReadAccept),
        "accepted" => Wire.Read(bytes, JournalFormat.ReadAccepted),
        "overruled" => Wire.Read(bytes, JournalFormat.ReadOverruled),
        _ => throw new SerializationException($"There is no control message '{manifest[..Math.Min(manifest.Length, 40)]}' in protocol version {ControlProtocol.Version}."),
    };

    private static void Write(ref MessagePackWriter writer, object message)
    {
        switch (message)
        {
            case Announce m:
                NodeFormat.Write(ref writer, m);
                break;
            case Refused m:
                writer.WriteArrayHeader(2);
                writer.Write(m.Reason);
                writer.Write(m.IsFinal);
                break;
            case Submit m:
                writer.WriteArrayHeader(3);
                writer.Write(m.ProtocolVersion);
                writer.Write(m.Fingerprint);
                writer.Write(m.RunId);
                break;
            case SubmitRefused m:
                writer.WriteArrayHeader(2);
                writer.Write(m.RunId);
                writer.Write(m.Reason);
                break;
            case For m:
                WorkflowFormat.Write(ref writer, m);
                break;
            case WorkflowUnknown m:
                writer.Write(m.Reason);
                break;
            case WorkflowsAre m:
                WorkflowFormat.Write(ref writer, m);
                break;
            case AskPlan m:
                WorkflowFormat.Write(ref writer, m);
                break;
            case PlanAnswer m:
                WorkflowFormat.Write(ref writer, m);
                break;
            case NamesAre m:
                WorkflowFormat.Write(ref writer, m);
                break;
            case StatusIs m:
                StatusFormat.Write(ref writer, m);
                break;
            case PlanIs m:
                writer.WriteArrayHeader(2);
                writer.Write(m.Epoch);
                writer.Write(m.Text);
                break;
            case Command m:
                CommandFormat.Write(ref writer, m);
                break;
            case CommandIs m:
                CommandFormat.Write(ref writer, m);
                break;
            case CommandGoesOn m:
                CommandFormat.Write(ref writer, m);
                break;
            case HistoryIs m:
                DecisionFormat.Write(ref writer, m);
                break;
            case Prepare m:
                JournalFormat.Write(ref writer, m);
                break;
            case Promise m:
                JournalFormat.Write(ref writer, m);
                break;
            case Accept m:
                JournalFormat.Write(ref writer, m);
                break;
            case Accepted m:
                JournalFormat.Write(ref writer, m);
                break;
            case Overruled m:
                JournalFormat.Write(ref writer, m);
                break;
            case Deploy m:
                writer.WriteArrayHeader(10);
                writer.Write(m.Epoch);
                writer.Write(m.Fingerprint);
                writer.Write(m.Plan);
                Wire.WriteMany(ref writer, m.Peers, Write);
                Wire.WriteOrNull(ref writer, m.Resume);
                SnapshotFormat.Write(ref writer, m.Parts);
                writer.Write(m.Former);
                Wire.WriteMany(ref writer, m.Added, SourceFormat.Write);
                Wire.WriteMany(ref writer, m.Paused, SourceFormat.WriteId);
                Wire.WriteMany(ref writer, m.Starts, SourceFormat.Write);
                break;
            case HoldSources m:
                writer.WriteArrayHeader(3);
                writer.Write(m.Epoch);
                Wire.WriteMany(ref writer, m.Sources, SourceFormat.WriteId);
                Wire.WriteMany(ref writer, m.Starts, SourceFormat.Write);
                break;
            case Deployed m:
                writer.WriteArrayHeader(4);
                writer.Write(m.Epoch);
                Wire.WriteOrNull(ref writer, m.Predecessor, ReportFormat.Write);
                Wire.WriteMany(ref writer, m.Staying, static (ref MessagePackWriter w, OperatorId op) => w.Write(op.Value));
                Wire.WriteMany(ref writer, m.Recalled, SourceFormat.WriteId);
                break;
            case DeployFailed m:
                writer.WriteArrayHeader(3);
                writer.Write(m.Epoch);
                writer.Write(m.Reason);
                writer.Write(m.IsPossibleFromSnapshot);
                break;
            case LeaveLater m:
                writer.WriteArrayHeader(2);
                writer.Write(m.Reason);
                writer.Write(m.AtMost.Ticks);
                break;
            case FragmentFailed m:
                writer.WriteArrayHeader(2);
                writer.Write(m.Epoch);
                writer.Write(m.Cause);
                break;
            case FragmentCompleted m:
                ReportFormat.Write(ref writer, m.Last);
                break;
            case Report m:
                ReportFormat.Write(ref writer, m.Fragment);
                break;
            case TakeSnapshot or CommitSnapshot or SnapshotStored or SnapshotFailed or SnapshotCommitted:
                SnapshotFormat.Write(ref writer, message);
                break;
            case Adjust m:
                AdjustFormat.Write(ref writer, m);
                break;
            case Adjusted m:
                AdjustFormat.Write(ref writer, m);
                break;
            default:
                writer.WriteArrayHeader(1);
                writer.Write(NumberOf(message));
                break;
        }
    }

    private static long NumberOf(object message) => message switch
    {
        Welcome m => m.Term,
        Leaving m => m.RunningEpoch,
        AskStatus m => m.ProtocolVersion,
        EndRun m => m.ProtocolVersion,
        AskHistory m => m.ProtocolVersion,
        AskWorkflows m => m.ProtocolVersion,
        TakeOver m => m.Epoch,
        TakenOver m => m.Epoch,
        Abandon m => m.Epoch,
        Start m => m.Epoch,
        Drain m => m.Epoch,
        Stop m => m.Epoch,
        Stopped m => m.Epoch,
        _ => throw new SerializationException($"{message.GetType()} is not a control message."),
    };

    private static long ReadNumber(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 1);
        var number = reader.ReadInt64();
        Wire.End(ref reader, unknown);
        return number;
    }

    private static LeaveLater ReadLeaveLater(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var later = new LeaveLater(Wire.ReadText(ref reader), new TimeSpan(reader.ReadInt64()));
        Wire.End(ref reader, unknown);
        return later;
    }

    private static Submit ReadSubmit(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var submit = new Submit(reader.ReadInt32(), Wire.ReadText(ref reader), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return submit;
    }

    private static SubmitRefused ReadSubmitRefused(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var refused = new SubmitRefused(Wire.ReadText(ref reader), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return refused;
    }

    private static PlanIs ReadPlan(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var plan = new PlanIs(reader.ReadInt64(), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return plan;
    }

    private static Refused ReadRefused(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var refused = new Refused(Wire.ReadText(ref reader), reader.ReadBoolean());
        Wire.End(ref reader, unknown);
        return refused;
    }

    private static Deploy ReadDeploy(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 10);
        var deploy = new Deploy(reader.ReadInt64(), Wire.ReadText(ref reader), Wire.ReadText(ref reader), Wire.ReadMany(ref reader, ReadPeer))
        {
            Resume = Wire.ReadIntegerOrNull(ref reader),
            Parts = SnapshotFormat.ReadParts(ref reader),
            Former = Wire.ReadText(ref reader),
            Added = Wire.ReadMany(ref reader, SourceFormat.ReadAddition),
            Paused = Wire.ReadMany(ref reader, SourceFormat.ReadId),
            Starts = Wire.ReadMany(ref reader, SourceFormat.ReadStart),
        };
        Wire.End(ref reader, unknown);
        return deploy;
    }

    private static HoldSources ReadHold(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var hold = new HoldSources(reader.ReadInt64(), Wire.ReadMany(ref reader, SourceFormat.ReadId)) { Starts = Wire.ReadMany(ref reader, SourceFormat.ReadStart) };
        Wire.End(ref reader, unknown);
        return hold;
    }

    private static void Write(ref MessagePackWriter writer, Peer peer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(peer.Worker.Value);
        NodeFormat.Write(ref writer, peer.Address);
    }

    private static Peer ReadPeer(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var peer = new Peer(new WorkerId(Wire.ReadText(ref reader)), NodeFormat.ReadAddress(ref reader) ?? throw new SerializationException("A peer lacks its address."));
        Wire.End(ref reader, unknown);
        return peer;
    }

    private static Deployed ReadDeployed(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var deployed = new Deployed(reader.ReadInt64(), Wire.ReadOrNull(ref reader, ReportFormat.Read))
        {
            Staying = Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new OperatorId(Wire.ReadText(ref r))),
            Recalled = Wire.ReadMany(ref reader, SourceFormat.ReadId),
        };
        Wire.End(ref reader, unknown);
        return deployed;
    }

    private static DeployFailed ReadDeployFailed(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var failed = new DeployFailed(reader.ReadInt64(), Wire.ReadText(ref reader)) { IsPossibleFromSnapshot = reader.ReadBoolean() };
        Wire.End(ref reader, unknown);
        return failed;
    }

    private static FragmentFailed ReadFragmentFailed(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var failed = new FragmentFailed(reader.ReadInt64(), Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return failed;
    }
}
