using System.Runtime.Serialization;
using JellyBean.Planning.Infrastructure;
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
        _ => throw new SerializationException($"{message.GetType()} is not a control message."),
    };

    public static byte[] Write(object message) => Wire.Write(message, Write);

    public static object Read(byte[] bytes, string manifest) => manifest switch
    {
        "announce" => Wire.Read(bytes, AnnounceFormat.Read),
        "welcome" => Wire.Read(bytes, ReadWelcome),
        "refused" => Wire.Read(bytes, ReadRefused),
        "deploy" => Wire.Read(bytes, ReadDeploy),
        "deployed" => new Deployed(Wire.Read(bytes, ReadEpoch)),
        "deploy-failed" => Wire.Read(bytes, ReadDeployFailed),
        "start" => new Start(Wire.Read(bytes, ReadEpoch)),
        "report" => new Report(Wire.Read(bytes, ReportFormat.Read)),
        "fragment-completed" => new FragmentCompleted(Wire.Read(bytes, ReportFormat.Read)),
        "fragment-failed" => Wire.Read(bytes, ReadFragmentFailed),
        "drain" => new Drain(Wire.Read(bytes, ReadEpoch)),
        "stop" => new Stop(Wire.Read(bytes, ReadEpoch)),
        "stopped" => new Stopped(Wire.Read(bytes, ReadEpoch)),
        "take-snapshot" => SnapshotFormat.ReadTake(bytes),
        "snapshot-stored" => Wire.Read(bytes, SnapshotFormat.ReadStored),
        "snapshot-failed" => Wire.Read(bytes, SnapshotFormat.ReadFailed),
        "commit-snapshot" => SnapshotFormat.ReadCommit(bytes),
        "snapshot-committed" => SnapshotFormat.ReadCommitted(bytes),
        _ => throw new SerializationException($"There is no control message '{manifest[..Math.Min(manifest.Length, 40)]}' in protocol version {ControlProtocol.Version}."),
    };

    private static void Write(ref MessagePackWriter writer, object message)
    {
        switch (message)
        {
            case Announce m:
                AnnounceFormat.Write(ref writer, m);
                break;
            case Welcome:
                writer.WriteArrayHeader(0);
                break;
            case Refused m:
                writer.WriteArrayHeader(1);
                writer.Write(m.Reason);
                break;
            case Deploy m:
                writer.WriteArrayHeader(5);
                writer.Write(m.Epoch);
                writer.Write(m.Fingerprint);
                writer.Write(m.Plan);
                Wire.WriteMany(ref writer, m.Peers, Write);
                SnapshotFormat.Write(ref writer, m.Resume);
                break;
            case DeployFailed m:
                writer.WriteArrayHeader(2);
                writer.Write(m.Epoch);
                writer.Write(m.Reason);
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
            default:
                writer.WriteArrayHeader(1);
                writer.Write(EpochOf(message));
                break;
        }
    }

    private static long EpochOf(object message) => message switch
    {
        Deployed m => m.Epoch,
        Start m => m.Epoch,
        Drain m => m.Epoch,
        Stop m => m.Epoch,
        Stopped m => m.Epoch,
        _ => throw new SerializationException($"{message.GetType()} is not a control message."),
    };

    private static long ReadEpoch(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 1);
        var epoch = reader.ReadInt64();
        Wire.End(ref reader, unknown);
        return epoch;
    }

    private static Welcome ReadWelcome(ref MessagePackReader reader)
    {
        Wire.End(ref reader, Wire.Begin(ref reader, 0));
        return new Welcome();
    }

    private static Refused ReadRefused(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 1);
        var refused = new Refused(Wire.ReadText(ref reader));
        Wire.End(ref reader, unknown);
        return refused;
    }

    private static Deploy ReadDeploy(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var deploy = new Deploy(reader.ReadInt64(), Wire.ReadText(ref reader), Wire.ReadText(ref reader), Wire.ReadMany(ref reader, ReadPeer))
        {
            Resume = SnapshotFormat.ReadResume(ref reader),
        };
        Wire.End(ref reader, unknown);
        return deploy;
    }

    private static void Write(ref MessagePackWriter writer, Peer peer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(peer.Worker.Value);
        AnnounceFormat.Write(ref writer, peer.Address);
    }

    private static Peer ReadPeer(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var peer = new Peer(new WorkerId(Wire.ReadText(ref reader)), AnnounceFormat.ReadAddress(ref reader));
        Wire.End(ref reader, unknown);
        return peer;
    }

    private static DeployFailed ReadDeployFailed(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var failed = new DeployFailed(reader.ReadInt64(), Wire.ReadText(ref reader));
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
