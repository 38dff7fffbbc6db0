using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How reports are written.</summary>
internal static class ReportFormat
{
    public static void Write(ref MessagePackWriter writer, FragmentReport value)
    {
        writer.WriteArrayHeader(10);
        writer.Write(value.Epoch);
        writer.Write(value.Worker.Value);
        Wire.WriteMany(ref writer, value.Sources, Write);
        Wire.WriteMany(ref writer, value.Stages, Write);
        Wire.WriteMany(ref writer, value.Links, Write);
        Wire.WriteMany(ref writer, value.Outputs, Write);
        FailureFormat.Write(ref writer, value.Failures);
        writer.Write(value.Revision);
        writer.Write(value.Process.CpuSeconds);
        writer.Write(value.Process.MemoryBytes);
    }

    public static FragmentReport Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 10);
        var value = new FragmentReport(
            reader.ReadInt64(),
            new WorkerId(Wire.ReadText(ref reader)),
            Wire.ReadMany(ref reader, ReadSource),
            Wire.ReadMany(ref reader, ReadStage),
            Wire.ReadMany(ref reader, ReadLink),
            Wire.ReadMany(ref reader, ReadOutput),
            FailureFormat.Read(ref reader))
        {
            Revision = reader.ReadInt64(),
            Process = new ProcessLoad(reader.ReadDouble(), reader.ReadInt64()),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, SourceReport value)
    {
        writer.WriteArrayHeader(25);
        writer.Write(value.Source.Value);
        writer.Write(value.Offered);
        writer.Write(value.Dropped);
        writer.Write(value.Ended);
        writer.Write(ControlProtocol.Fault(value.Fault?.Cause));
        writer.Write(value.Fault?.IsCrash ?? false);
        writer.Write(value.BusySeconds);
        writer.Write(value.DamageReports);
        writer.Write(value.Earlier);
        writer.Write(value.CanDrop);
        writer.Write(value.Shed);
        writer.Write(value.Waiting);
        writer.Write(value.OldestMs);
        writer.Write(value.Sampled);
        writer.Write(value.CutOff);
        writer.Write(value.PerSecond);
        writer.Write(value.LastMs ?? -1);
        Write(ref writer, value.CaptureMs);
        Wire.WriteOrNull(ref writer, value.Health, HealthFormat.Write);
        writer.Write(value.IsPaused);
        writer.Write(value.First);
        writer.Write(value.IsLive);
        writer.Write(value.IsRemoved);
        Wire.WriteOrNull(ref writer, value.Pace?.PerSecond);
        Wire.WriteOrNull(ref writer, value.Pace?.Behind.Ticks);
    }

    private static SourceReport ReadSource(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 25);
        var value = new SourceReport(
            new SourceId(Wire.ReadText(ref reader)),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadBoolean(),
            ReadFault(ref reader),
            reader.ReadDouble(),
            reader.ReadInt64())
        {
            Earlier = reader.ReadInt64(),
            CanDrop = reader.ReadBoolean(),
            Shed = reader.ReadInt64(),
            Waiting = reader.ReadInt32(),
            OldestMs = reader.ReadDouble(),
            Sampled = reader.ReadInt64(),
            CutOff = reader.ReadInt64(),
            PerSecond = reader.ReadDouble(),
            LastMs = reader.ReadDouble() is >= 0 and var age ? age : null,
            CaptureMs = ReadDistribution(ref reader),
            Health = Wire.ReadOrNull(ref reader, HealthFormat.Read),
            IsPaused = reader.ReadBoolean(),
            First = reader.ReadInt64(),
            IsLive = reader.ReadBoolean(),
            IsRemoved = reader.ReadBoolean(),
            Pace = ReadPace(ref reader),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static SourcePace? ReadPace(ref MessagePackReader reader)
    {
        var (perSecond, behind) = (Wire.ReadNumberOrNull(ref reader), Wire.ReadIntegerOrNull(ref reader));
        return perSecond is { } rate ? new SourcePace(rate, new TimeSpan(behind ?? 0)) : null;
    }

    private static SourceFault? ReadFault(ref MessagePackReader reader)
    {
        var (cause, isCrash) = (reader.ReadString(), reader.ReadBoolean());
        return cause is null ? null : new SourceFault(cause, isCrash);
    }

    private static void Write(ref MessagePackWriter writer, StageReport value)
    {
        writer.WriteArrayHeader(19);
        writer.Write(value.Operator.Value);
        writer.Write(value.Variant);
        writer.Write(value.In);
        writer.Write(value.Out);
        writer.Write(value.Failed);
        writer.Write(value.Late);
        writer.Write(value.Queue);
        writer.Write(value.Batches);
        writer.Write(value.BusySeconds);
        Write(ref writer, value.WaitMs);
        Write(ref writer, value.ServiceMs);
        Write(ref writer, value.BatchSize);
        writer.Write(value.Instances);
        writer.Write(value.OldestMs);
        writer.Write(value.BlockedSeconds);
        Wire.WriteMany(ref writer, value.Ready, Wire.WriteText);
        writer.Write(value.BlockedShare);
        writer.Write(value.OldestAgeMs);
        Wire.WriteOrNull(ref writer, value.Proxy, Write);
    }

    private static void Write(ref MessagePackWriter writer, ProxyReport value)
    {
        writer.WriteArrayHeader(8);
        writer.Write(value.Name);
        writer.Write(value.Count);
        writer.Write(value.Unknown);
        writer.Write(value.Mean);
        writer.Write(value.Spread);
        Wire.WriteOrNull(ref writer, value.Beginning);
        Wire.WriteOrNull(ref writer, value.Stated);
        writer.Write(value.MostDrift);
    }

    private static ProxyReport ReadProxy(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 8);
        var value = new ProxyReport(
            Wire.ReadText(ref reader), reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), Wire.ReadNumberOrNull(ref reader), Wire.ReadNumberOrNull(ref reader), reader.ReadDouble());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static StageReport ReadStage(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 19);
        var value = new StageReport(
            new OperatorId(Wire.ReadText(ref reader)),
            reader.ReadString(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadDouble(),
            ReadDistribution(ref reader),
            ReadDistribution(ref reader),
            ReadDistribution(ref reader))
        {
            Instances = reader.ReadInt32(),
            OldestMs = reader.ReadDouble(),
            BlockedSeconds = reader.ReadDouble(),
            Ready = Wire.ReadMany(ref reader, Wire.ReadText),
            BlockedShare = reader.ReadDouble(),
            OldestAgeMs = reader.ReadDouble(),
            Proxy = Wire.ReadOrNull(ref reader, ReadProxy),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, LinkReport value)
    {
        writer.WriteArrayHeader(15);
        writer.Write(value.From.Value);
        writer.Write(value.To.Value);
        writer.Write(value.ToWorker.Value);
        writer.Write(value.Elements);
        writer.Write(value.Bytes);
        writer.Write(value.WireBytes);
        writer.Write(value.Reconnects);
        writer.Write(value.Resent);
        Write(ref writer, value.RoundTripMs);
        writer.Write(value.Delivery.BytesPerSecond);
        writer.Write(value.Delivery.IsFull);
        writer.Write(value.Delivery.Capacity ?? -1);
        writer.Write(value.BlockedSeconds);
        writer.Write(value.BlockedShare);
        writer.Write(value.OldestAgeMs);
    }

    private static LinkReport ReadLink(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 15);
        var value = new LinkReport(
            new OperatorId(Wire.ReadText(ref reader)),
            new OperatorId(Wire.ReadText(ref reader)),
            new WorkerId(Wire.ReadText(ref reader)),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            ReadDistribution(ref reader))
        {
            Delivery = new LinkDelivery(reader.ReadDouble(), reader.ReadBoolean(), reader.ReadDouble() is >= 0 and var capacity ? capacity : null),
            BlockedSeconds = reader.ReadDouble(),
            BlockedShare = reader.ReadDouble(),
            OldestAgeMs = reader.ReadDouble(),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, OutputReport value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Output.Value);
        writer.Write(value.Results);
        writer.Write(value.Retries);
        Write(ref writer, value.LatencyMs);
        Wire.WriteMany(ref writer, value.Settled, Write);
    }

    private static OutputReport ReadOutput(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var value = new OutputReport(
            new OperatorId(Wire.ReadText(ref reader)),
            reader.ReadInt64(),
            reader.ReadInt64(),
            ReadDistribution(ref reader),
            Wire.ReadMany(ref reader, ReadSettled));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, SettledSource value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Source.Value);
        writer.Write(value.Number);
        Write(ref writer, value.TakenMs);
    }

    private static SettledSource ReadSettled(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new SettledSource(new SourceId(Wire.ReadText(ref reader)), reader.ReadInt64()) { TakenMs = ReadDistribution(ref reader) };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, Distribution value)
    {
        writer.WriteArrayHeader(6);
        writer.Write(value.Count);
        writer.Write(value.Mean);
        writer.Write(value.P50);
        writer.Write(value.P90);
        writer.Write(value.P99);
        writer.Write(value.Max);
    }

    private static Distribution ReadDistribution(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 6);
        var value = new Distribution(reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        Wire.End(ref reader, unknown);
        return value;
    }
}
