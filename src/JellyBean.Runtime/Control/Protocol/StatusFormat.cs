using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How a cluster's status is written, without its fragments' reports.</summary>
internal static class StatusFormat
{
    private const int Fields = 23;

    public static void Write(ref MessagePackWriter writer, StatusIs message)
    {
        var value = message.Status;
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Reports);
        writer.Write(value.Coordinator.Value);
        writer.Write(value.Term);
        Wire.WriteMany(ref writer, value.Members, Write);
        writer.Write(value.Phase);
        writer.Write(value.RunId);
        writer.Write(value.Epoch);
        writer.Write(value.Elapsed.Ticks);
        writer.Write(value.Problem);
        Wire.WriteMany(ref writer, value.Shortfalls, Wire.WriteText);
        Wire.WriteMany(ref writer, value.History, Wire.WriteText);
        writer.Write(value.EndedRunId);
        writer.Write(value.EndedFailure);
        Wire.WriteOrNull(ref writer, value.EndedEpoch);
        CommandFormat.Write(ref writer, value.Pins, t => t.Name);
        CommandFormat.Write(ref writer, value.Variants, v => v);
        Wire.WriteMany(ref writer, [.. value.Drained], static (ref MessagePackWriter w, WorkerId node) => w.Write(node.Value));
        Wire.WriteMany(ref writer, value.Added, SourceFormat.WriteId);
        Wire.WriteMany(ref writer, value.Removed, SourceFormat.WriteId);
        Wire.WriteMany(ref writer, value.Paused, SourceFormat.WriteId);
        LossesFormat.Write(ref writer, new Losses { Gaps = value.Gaps, Past = value.Past });
        DecisionFormat.Write(ref writer, value.Decisions);
        Wire.WriteOrNull(ref writer, value.Transition, Write);
    }

    public static StatusIs Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, Fields);
        var reports = reader.ReadInt32();
        var status = new ClusterStatus
        {
            Coordinator = new WorkerId(Wire.ReadText(ref reader)),
            Term = reader.ReadInt64(),
            Members = Wire.ReadMany(ref reader, ReadMember),
            Phase = Wire.ReadText(ref reader),
            RunId = Wire.ReadText(ref reader),
            Epoch = reader.ReadInt64(),
            Elapsed = new TimeSpan(reader.ReadInt64()),
            Problem = reader.ReadString(),
            Shortfalls = Wire.ReadMany(ref reader, Wire.ReadText),
            History = Wire.ReadMany(ref reader, Wire.ReadText),
            EndedRunId = Wire.ReadText(ref reader),
            EndedFailure = reader.ReadString(),
            EndedEpoch = Wire.ReadIntegerOrNull(ref reader),
            Pins = CommandFormat.ReadByOperator(ref reader, t => new Tier(t)),
            Variants = CommandFormat.ReadByOperator(ref reader, v => v),
            Drained = Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new WorkerId(Wire.ReadText(ref r))),
            Added = Wire.ReadMany(ref reader, SourceFormat.ReadId),
            Removed = Wire.ReadMany(ref reader, SourceFormat.ReadId),
            Paused = Wire.ReadMany(ref reader, SourceFormat.ReadId),
        };
        var losses = LossesFormat.Read(ref reader);
        var decisions = DecisionFormat.ReadMany(ref reader);
        var transition = Wire.ReadOrNull(ref reader, ReadTransition);
        Wire.End(ref reader, unknown);
        status = status with { Gaps = losses.Gaps, Past = losses.Past, Decisions = decisions, Transition = transition };
        return new StatusIs(status, reports);
    }

    private static void Write(ref MessagePackWriter writer, TransitionStatus value)
    {
        writer.WriteArrayHeader(6);
        writer.Write(value.From);
        writer.Write(value.To);
        writer.Write(value.Step);
        writer.Write(value.Reason);
        writer.Write(value.Elapsed.Ticks);
        Wire.WriteMany(ref writer, value.Awaited, static (ref MessagePackWriter w, WorkerId node) => w.Write(node.Value));
    }

    private static TransitionStatus ReadTransition(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 6);
        var value = new TransitionStatus
        {
            From = reader.ReadInt64(),
            To = reader.ReadInt64(),
            Step = Wire.ReadText(ref reader),
            Reason = Wire.ReadText(ref reader),
            Elapsed = new TimeSpan(reader.ReadInt64()),
            Awaited = Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new WorkerId(Wire.ReadText(ref r))),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, ClusterMember value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.IsReachable);
        writer.Write(value.IsLeaving);
        writer.Write(value.Epoch);
        NodeFormat.Write(ref writer, value.LinkAddress);
        NodeFormat.Write(ref writer, value.Node);
    }

    private static ClusterMember ReadMember(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var (isReachable, isLeaving, epoch, links) = (reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadInt64(), NodeFormat.ReadAddress(ref reader));
        var value = new ClusterMember(NodeFormat.Read(ref reader), isReachable, isLeaving, epoch, links);
        Wire.End(ref reader, unknown);
        return value;
    }
}
