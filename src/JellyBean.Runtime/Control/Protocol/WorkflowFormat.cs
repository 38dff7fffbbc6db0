using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Protocol;

/// <summary>How messages about workflows, and questions for plans, are written.</summary>
internal static class WorkflowFormat
{
    // The plan in force helps a planner to stay with it; a very large one is left out rather than the question.
    private const int MostPlanBytes = 48 * 1024;

    public static void Write(ref MessagePackWriter writer, For value)
    {
        writer.WriteArrayHeader(4);
        writer.Write(value.Workflow);
        writer.Write(value.IsPreference);
        writer.Write(MessageFormat.ManifestOf(value.Message));
        writer.Write(MessageFormat.Write(value.Message));
    }

    public static For ReadFor(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var (workflow, isPreference, manifest) = (Wire.ReadText(ref reader), reader.ReadBoolean(), Wire.ReadText(ref reader));
        var bytes = reader.ReadBytes() is { } read ? System.Buffers.BuffersExtensions.ToArray(read) : [];
        Wire.End(ref reader, unknown);
        return manifest == "for"
            ? throw new SerializationException("A message about a workflow holds another one.")
            : new For(workflow, (IControlMessage)MessageFormat.Read(bytes, manifest)) { IsPreference = isPreference };
    }

    public static void Write(ref MessagePackWriter writer, WorkflowStatus value)
    {
        writer.WriteArrayHeader(7);
        writer.Write(value.Name);
        writer.Write(value.Fingerprint);
        writer.Write(value.Phase);
        writer.Write(value.Epoch);
        Wire.WriteOrNull(ref writer, value.CostPerHour);
        writer.Write(value.Currency);
        Wire.WriteMany(ref writer, value.Nodes, Write);
    }

    public static WorkflowStatus ReadStatus(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 7);
        var value = new WorkflowStatus
        {
            Name = Wire.ReadText(ref reader),
            Fingerprint = Wire.ReadText(ref reader),
            Phase = Wire.ReadText(ref reader),
            Epoch = reader.ReadInt64(),
            CostPerHour = Wire.ReadNumberOrNull(ref reader),
            Currency = Wire.ReadText(ref reader),
            Nodes = Wire.ReadMany(ref reader, ReadWorker),
        };
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, WorkflowsAre value) => Wire.WriteMany(ref writer, value.Workflows, Write);

    public static WorkflowsAre ReadWorkflows(ref MessagePackReader reader) => new(Wire.ReadMany(ref reader, ReadStatus));

    public static void Write(ref MessagePackWriter writer, AskPlan value)
    {
        var request = value.Request;
        var inForce = request.InForce is { } plan ? PlanText.Write(plan) : "";
        writer.WriteArrayHeader(14);
        writer.Write(value.Id);
        Wire.WriteMany(ref writer, request.Members, NodeFormat.Write);
        writer.Write(request.IsFirst);
        CommandFormat.Write(ref writer, request.Pins, t => t.Name);
        CommandFormat.Write(ref writer, request.Variants, v => v);
        Wire.WriteMany(ref writer, [.. request.Drained], Write);
        writer.Write(request.IsDryRun);
        writer.Write(Encoding.UTF8.GetByteCount(inForce) <= MostPlanBytes ? inForce : "");
        Wire.WriteMany(ref writer, [.. request.Taken], static (ref MessagePackWriter w, KeyValuePair<WorkerId, MachineShare> taken) =>
        {
            w.WriteArrayHeader(3);
            w.Write(taken.Key.Value);
            w.Write(taken.Value.Cores);
            w.Write(taken.Value.MemoryBytes);
        });
        Wire.WriteMany(ref writer, request.Added, SourceFormat.Write);
        Wire.WriteMany(ref writer, [.. request.Removed], SourceFormat.WriteId);
        Wire.WriteOrNull(ref writer, request.Replan, ReplanFormat.Write);
        Wire.WriteOrNull(ref writer, request.Known, ReplanFormat.Write);
        Wire.WriteMany(ref writer, [.. request.PaidByOthers], Write);
    }

    public static AskPlan ReadAskPlan(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 14);
        var id = Wire.ReadText(ref reader);
        var request = new ClusterPlanRequest(Wire.ReadMany(ref reader, NodeFormat.Read), reader.ReadBoolean())
        {
            Pins = CommandFormat.ReadByOperator(ref reader, t => new Tier(t)),
            Variants = CommandFormat.ReadByOperator(ref reader, v => v),
            Drained = [.. Wire.ReadMany(ref reader, ReadWorker)],
            IsDryRun = reader.ReadBoolean(),
            InForce = ReadPlan(ref reader),
            Taken = Wire.ReadMany(ref reader, ReadTaken).ToImmutableSortedDictionary(t => t.Worker, t => t.Share),
            Added = Wire.ReadMany(ref reader, SourceFormat.ReadAddition),
            Removed = [.. Wire.ReadMany(ref reader, SourceFormat.ReadId)],
            Replan = Wire.ReadOrNull(ref reader, ReplanFormat.ReadQuestion),
            Known = Wire.ReadOrNull(ref reader, ReplanFormat.ReadQuestion),
            PaidByOthers = [.. Wire.ReadMany(ref reader, ReadWorker)],
        };
        Wire.End(ref reader, unknown);
        return new AskPlan(id, request);
    }

    public static void Write(ref MessagePackWriter writer, PlanAnswer value)
    {
        writer.WriteArrayHeader(5);
        writer.Write(value.Id);
        writer.Write(value.Answer.Plan is { } plan ? PlanText.Write(plan) : "");
        Wire.WriteMany(ref writer, value.Answer.Reasons, Wire.WriteText);
        Wire.WriteMany(ref writer, value.Answer.Shortfalls, Wire.WriteText);
        Wire.WriteOrNull(ref writer, value.Answer.Decision, ReplanFormat.Write);
    }

    public static PlanAnswer ReadPlanAnswer(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var value = new PlanAnswer(Wire.ReadText(ref reader), new ClusterPlan { Plan = ReadPlan(ref reader), Reasons = Wire.ReadMany(ref reader, Wire.ReadText), Shortfalls = Wire.ReadMany(ref reader, Wire.ReadText) });
        value = value with { Answer = value.Answer with { Decision = ReplanFormat.ReadDecision(ref reader, value.Answer.Plan) } };
        Wire.End(ref reader, unknown);
        return value;
    }

    public static void Write(ref MessagePackWriter writer, NamesAre value)
    {
        writer.WriteArrayHeader(5);
        CommandFormat.Write(ref writer, value.Names.Pinnable, t => t?.Name ?? "");
        Wire.WriteMany(ref writer, [.. value.Names.Variants], static (ref MessagePackWriter w, KeyValuePair<OperatorId, ImmutableArray<string>> variants) =>
        {
            w.WriteArrayHeader(2);
            w.Write(variants.Key.Value);
            Wire.WriteMany(ref w, variants.Value, Wire.WriteText);
        });
        Wire.WriteMany(ref writer, value.Names.Tiers, static (ref MessagePackWriter w, Tier tier) => w.Write(tier.Name));
        Wire.WriteMany(ref writer, [.. value.Names.Inputs], static (ref MessagePackWriter w, OperatorId input) => w.Write(input.Value));
        Wire.WriteMany(ref writer, [.. value.Names.Configured], SourceFormat.WriteId);
    }

    public static NamesAre ReadNames(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 5);
        var value = new NamesAre(new CommandNames
        {
            Pinnable = CommandFormat.ReadByOperator(ref reader, t => t.Length == 0 ? (Tier?)null : new Tier(t)),
            Variants = Wire.ReadMany(ref reader, ReadVariants).ToImmutableSortedDictionary(v => v.Operator, v => v.Names),
            Tiers = Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new Tier(Wire.ReadText(ref r))),
            Inputs = [.. Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new OperatorId(Wire.ReadText(ref r)))],
            Configured = [.. Wire.ReadMany(ref reader, SourceFormat.ReadId)],
        });
        Wire.End(ref reader, unknown);
        return value;
    }

    private static void Write(ref MessagePackWriter writer, WorkerId worker) => writer.Write(worker.Value);

    private static WorkerId ReadWorker(ref MessagePackReader reader) => new(Wire.ReadText(ref reader));

    private static (WorkerId Worker, MachineShare Share) ReadTaken(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 3);
        var value = (ReadWorker(ref reader), new MachineShare(reader.ReadDouble(), reader.ReadInt64()));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static (OperatorId Operator, ImmutableArray<string> Names) ReadVariants(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 2);
        var value = (new OperatorId(Wire.ReadText(ref reader)), Wire.ReadMany(ref reader, Wire.ReadText));
        Wire.End(ref reader, unknown);
        return value;
    }

    private static Plan? ReadPlan(ref MessagePackReader reader)
    {
        var text = Wire.ReadText(ref reader);
        try
        {
            return text.Length == 0 ? null : PlanText.Parse(text);
        }
        catch (FormatException cause)
        {
            throw new SerializationException($"The text is no plan: {cause.Message}", cause);
        }
    }
}
