using System.Collections.Immutable;
using System.Runtime.Serialization;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How it is written what was measured of a run, and whether another plan is worth moving to.</summary>
internal static class ReplanFormat
{
    public static void Write(ref MessagePackWriter writer, ReplanQuestion value)
    {
        writer.WriteArrayHeader(8);
        Write(ref writer, value.State);
        Wire.WriteMany(ref writer, value.Runs, Write);
        Write(ref writer, value.Now);
        Write(ref writer, value.Options);
        Wire.WriteMany(ref writer, value.Nodes, Write);
        Wire.WriteMany(ref writer, value.HeldBack, Write);
        Wire.WriteOrNull(ref writer, value.Bottleneck, Write);
        Wire.WriteOrNull(ref writer, value.Oldest, Write);
    }

    public static ReplanQuestion ReadQuestion(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 8);
        var value = new ReplanQuestion(ReadState(ref reader), Wire.ReadMany(ref reader, ReadRun), ReadTime(ref reader), ReadOptions(ref reader))
        {
            Nodes = Wire.ReadMany(ref reader, ReadNode),
            HeldBack = Wire.ReadMany(ref reader, ReadHeldBack),
            Bottleneck = Wire.ReadOrNull(ref reader, ReadBottleneck),
            Oldest = Wire.ReadOrNull(ref reader, ReadAge),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    /// <summary>A decision; the plan that it proposes is written beside it, as the answer's.</summary>
    public static void Write(ref MessagePackWriter writer, ReplanDecision value)
    {
        writer.WriteArrayHeader(9);
        writer.Write(value.Proposed is not null);
        writer.Write(value.Reason);
        writer.Write(value.Holds);
        writer.Write(value.CostPerHour);
        Wire.WriteOrNull(ref writer, value.OtherCostPerHour);
        writer.Write(value.MovesPerHour);
        writer.Write(value.NetworkPerHour);
        Wire.WriteOrNull(ref writer, value.OtherNetworkPerHour);
        WriteDrift(ref writer, value.Drift);
    }

    /// <param name="reader">Where it is written.</param>
    /// <param name="plan">The plan of the answer.</param>
    public static ReplanDecision? ReadDecision(ref MessagePackReader reader, Plan? plan)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        var unknown = Wire.Begin(ref reader, 9);
        var isProposed = reader.ReadBoolean();
        var value = new ReplanDecision
        {
            Proposed = !isProposed ? null : plan ?? throw new SerializationException("A plan is proposed, and there is none."),
            Reason = Wire.ReadText(ref reader),
            Holds = reader.ReadBoolean(),
            CostPerHour = reader.ReadDouble(),
            OtherCostPerHour = Wire.ReadNumberOrNull(ref reader),
            MovesPerHour = reader.ReadDouble(),
            NetworkPerHour = reader.ReadDouble(),
            OtherNetworkPerHour = Wire.ReadNumberOrNull(ref reader),
            Drift = ReadDrift(ref reader),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, ReplanState value)
    {
        writer.WriteArrayHeader(8);
        Wire.WriteMany(ref writer, [.. value.Rates], static (ref MessagePackWriter w, KeyValuePair<SourceId, RateForecast> rate) =>
        {
            w.WriteArrayHeader(4);
            SourceFormat.WriteId(ref w, rate.Key);
            w.Write(rate.Value.Level);
            w.Write(rate.Value.Trend);
            Write(ref w, rate.Value.At);
        });
        WriteDrift(ref writer, value.Drift);
        Wire.WriteMany(ref writer, [.. value.RoundTrips], static (ref MessagePackWriter w, KeyValuePair<(Tier From, Tier To), TimeSpan> link) =>
        {
            w.WriteArrayHeader(3);
            w.Write(link.Key.From.Name);
            w.Write(link.Key.To.Name);
            Write(ref w, link.Value);
        });
        Wire.WriteOrNull(ref writer, value.MeasuredAt?.Ticks);
        Wire.WriteOrNull(ref writer, value.ServicesAt?.Ticks);
        Wire.WriteOrNull(ref writer, value.PlannedAt?.Ticks);
        Wire.WriteOrNull(ref writer, value.ChangedAt?.Ticks);
        Wire.WriteMany(ref writer, [.. value.Bandwidths], static (ref MessagePackWriter w, KeyValuePair<(Tier From, Tier To), MeasuredBandwidth> link) =>
        {
            w.WriteArrayHeader(4);
            w.Write(link.Key.From.Name);
            w.Write(link.Key.To.Name);
            w.Write(link.Value.BytesPerSecond);
            Write(ref w, link.Value.At);
        });
    }

    private static ReplanState ReadState(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 8);
        var value = new ReplanState
        {
            Rates = Wire.ReadMany(ref reader, ReadRate).ToImmutableSortedDictionary(r => r.Source, r => r.Forecast),
            Drift = ReadDrift(ref reader),
            RoundTrips = Wire.ReadMany(ref reader, ReadRoundTrip).ToImmutableDictionary(l => (l.From, l.To), l => l.Time),
            MeasuredAt = ReadTimeOrNull(ref reader),
            ServicesAt = ReadTimeOrNull(ref reader),
            PlannedAt = ReadTimeOrNull(ref reader),
            ChangedAt = ReadTimeOrNull(ref reader),
            Bandwidths = Wire.ReadMany(ref reader, ReadBandwidth).ToImmutableDictionary(l => (l.From, l.To), l => l.Seen),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, ReplanOptions value)
    {
        writer.WriteArrayHeader(12);
        Write(ref writer, value.Every);
        Write(ref writer, value.CoolDown);
        writer.Write(value.LeastGain);
        Write(ref writer, value.Ahead);
        Write(ref writer, value.RateHalfLife);
        Write(ref writer, value.TrendHalfLife);
        Write(ref writer, value.DriftHalfLife);
        writer.Write(value.LeastDrift);
        writer.Write(value.MoveShare);
        writer.Write(value.LeastRoundTripChange);
        Write(ref writer, value.BandwidthFor);
        writer.Write(value.MostAge);
    }

    private static ReplanOptions ReadOptions(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 12);
        var value = new ReplanOptions
        {
            Every = ReadTime(ref reader),
            CoolDown = ReadTime(ref reader),
            LeastGain = reader.ReadDouble(),
            Ahead = ReadTime(ref reader),
            RateHalfLife = ReadTime(ref reader),
            TrendHalfLife = ReadTime(ref reader),
            DriftHalfLife = ReadTime(ref reader),
            LeastDrift = reader.ReadDouble(),
            MoveShare = reader.ReadDouble(),
            LeastRoundTripChange = reader.ReadDouble(),
            BandwidthFor = ReadTime(ref reader),
            MostAge = reader.ReadDouble(),
        };
        Wire.End(ref reader, unknown);
        return value.Problems().FirstOrDefault() is { Option: { } option } wrong ? throw new SerializationException($"{option} is {wrong.Found}; allowed is {wrong.Allowed}.") : value;
    }

    private static void Write(ref MessagePackWriter writer, MeasuredRun value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Operator.Value);
        writer.Write(value.Variant);
        writer.Write(value.Worker.Value);
        writer.Write(value.BatchSize);
        writer.Write(value.MeanMs);
    }

    private static MeasuredRun ReadRun(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var value = new MeasuredRun(ReadOperator(ref reader), Wire.ReadText(ref reader), new WorkerId(Wire.ReadText(ref reader)), reader.ReadDouble(), reader.ReadDouble());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, MeasuredNode value)
    {
        writer.WriteArrayHeader(3);
        writer.Write(value.Worker.Value);
        writer.Write(value.CpuShare);
        writer.Write(value.MemoryBytes);
    }

    private static MeasuredNode ReadNode(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = new MeasuredNode(new WorkerId(Wire.ReadText(ref reader)), reader.ReadDouble(), reader.ReadInt64());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, HeldBack value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(value.Place);
        writer.Write(value.Share);
    }

    private static HeldBack ReadHeldBack(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = new HeldBack(Wire.ReadText(ref reader), reader.ReadDouble());
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, Bottleneck value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Place);
        writer.Write(value.IsLine);
        Wire.WriteOrNull(ref writer, value.Busy);
        Write(ref writer, value.Before);
    }

    private static Bottleneck ReadBottleneck(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = new Bottleneck(Wire.ReadText(ref reader), reader.ReadBoolean(), Wire.ReadNumberOrNull(ref reader), ReadHeldBack(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, MeasuredAge value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Place);
        Write(ref writer, value.Age);
        writer.Write(value.Output.Value);
        Write(ref writer, value.Objective);
    }

    private static MeasuredAge ReadAge(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = new MeasuredAge(Wire.ReadText(ref reader), ReadTime(ref reader), ReadOperator(ref reader), ReadTime(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void WriteDrift(ref MessagePackWriter writer, ImmutableDictionary<(OperatorId Operator, string Variant), double> value) =>
        Wire.WriteMany(ref writer, [.. value], static (ref MessagePackWriter w, KeyValuePair<(OperatorId Operator, string Variant), double> drift) =>
        {
            w.WriteArrayHeader(3);
            w.Write(drift.Key.Operator.Value);
            w.Write(drift.Key.Variant);
            w.Write(drift.Value);
        });

    private static ImmutableDictionary<(OperatorId Operator, string Variant), double> ReadDrift(ref MessagePackReader reader) =>
        Wire.ReadMany(ref reader, static (ref MessagePackReader r) =>
        {
            var unknown = Wire.Begin(ref r, 3);
            var value = (Operator: ReadOperator(ref r), Variant: Wire.ReadText(ref r), Ratio: r.ReadDouble());
            Wire.End(ref r, unknown);
            return value;
        }).ToImmutableDictionary(d => (d.Operator, d.Variant), d => d.Ratio);

    private static (SourceId Source, RateForecast Forecast) ReadRate(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = (SourceFormat.ReadId(ref reader), new RateForecast(reader.ReadDouble(), reader.ReadDouble(), ReadTime(ref reader)));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static (Tier From, Tier To, TimeSpan Time) ReadRoundTrip(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = (new Tier(Wire.ReadText(ref reader)), new Tier(Wire.ReadText(ref reader)), ReadTime(ref reader));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static (Tier From, Tier To, MeasuredBandwidth Seen) ReadBandwidth(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = (new Tier(Wire.ReadText(ref reader)), new Tier(Wire.ReadText(ref reader)), new MeasuredBandwidth(reader.ReadDouble(), ReadTime(ref reader)));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static OperatorId ReadOperator(ref MessagePackReader reader) => new(Wire.ReadText(ref reader));

    private static void Write(ref MessagePackWriter writer, TimeSpan value) => writer.Write(value.Ticks);

    private static TimeSpan ReadTime(ref MessagePackReader reader) => new(reader.ReadInt64());

    private static TimeSpan? ReadTimeOrNull(ref MessagePackReader reader) => Wire.ReadIntegerOrNull(ref reader) is { } ticks ? new TimeSpan(ticks) : null;
}
