using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Protocol;
using JellyBean.Workflows;
using MessagePack;

namespace JellyBean.Runtime.Control.Journals;

/// <summary>What people have decided, whoever coordinates, and which commands were answered lately: one that comes again is not done again.</summary>
internal sealed record Orders
{
    /// <summary>Answers that are remembered; those that changed something also survive the coordinator, as far as there is room.</summary>
    private const int MostAnswered = 64;
    private const int MostWritten = 16;
    private const int MostMessage = 120;

    public static Orders None { get; } = new();

    /// <summary>The tiers that operators are kept on.</summary>
    public ImmutableSortedDictionary<OperatorId, Tier> Pins { get; init; } = ImmutableSortedDictionary<OperatorId, Tier>.Empty;

    /// <summary>The variants that operators are to ask.</summary>
    public ImmutableSortedDictionary<OperatorId, string> Variants { get; init; } = ImmutableSortedDictionary<OperatorId, string>.Empty;

    /// <summary>The nodes that get nothing to run.</summary>
    public ImmutableSortedSet<WorkerId> Drained { get; init; } = [];

    /// <summary>Sources that were added, removed and held up.</summary>
    public SourceOrders Sources { get; init; } = SourceOrders.None;

    /// <summary>The latest last.</summary>
    public ImmutableArray<AnsweredCommand> Answered { get; init; } = [];

    public AnsweredCommand? AnswerTo(string id) => Answered.FirstOrDefault(a => a.Id == id);

    public Orders With(AnsweredCommand answered) => this with { Answered = [.. Answered.TakeLast(MostAnswered - 1), answered] };

    /// <summary>Whether the same is asked of plans.</summary>
    public bool IsSame(Orders other) => Pins.SequenceEqual(other.Pins) && Variants.SequenceEqual(other.Variants) && Drained.SetEquals(other.Drained) && Sources.IsSame(other.Sources);

    public bool Equals(Orders? other) => other is not null && IsSame(other) && Sources.Equals(other.Sources) && Answered.SequenceEqual(other.Answered);

    public override int GetHashCode() => HashCode.Combine(Pins.Count, Drained.Count, Answered.Length);

    public static void Write(ref MessagePackWriter writer, Orders value)
    {
        writer.WriteArrayHeader(5);
        CommandFormat.Write(ref writer, value.Pins, t => t.Name);
        Wire.WriteMany(ref writer, [.. value.Drained], static (ref MessagePackWriter w, WorkerId node) => w.Write(node.Value));
        Wire.WriteMany(ref writer, [.. value.Answered.Where(a => a.HasChanged).TakeLast(MostWritten)], static (ref MessagePackWriter w, AnsweredCommand answered) =>
        {
            w.WriteArrayHeader(3);
            w.Write(answered.Id);
            w.Write(answered.Epoch);
            CommandFormat.Write(ref w, Short(answered.Outcome));
        });
        CommandFormat.Write(ref writer, value.Variants, v => v);
        SourceOrders.Write(ref writer, value.Sources);
    }

    public static Orders Read(ref MessagePackReader reader)
    {
        var unknown = Wire.Begin(ref reader, 4);
        var value = new Orders
        {
            Pins = CommandFormat.ReadByOperator(ref reader, t => new Tier(t)),
            Drained = [.. Wire.ReadMany(ref reader, static (ref MessagePackReader r) => new WorkerId(Wire.ReadText(ref r)))],
            Answered = Wire.ReadMany(ref reader, static (ref MessagePackReader r) =>
            {
                var more = Wire.Begin(ref r, 3);
                var answered = new AnsweredCommand(Wire.ReadText(ref r), r.ReadInt64(), CommandFormat.ReadOutcome(ref r));
                Wire.End(ref r, more);
                return answered;
            }),
            Variants = CommandFormat.ReadByOperator(ref reader, v => v),
        };

        // Written by a program whose sources were those of its configuration.
        if (unknown > 0)
        {
            value = value with { Sources = SourceOrders.Read(ref reader) };
            unknown--;
        }

        Wire.End(ref reader, unknown);
        return value;
    }

    // The journal has room for a plan and a little more.
    private static CommandOutcome Short(CommandOutcome outcome) => outcome with
    {
        Command = Cut(outcome.Command),
        Message = Cut(outcome.Message),
        Allowed = [],
        Changes = [],
        Shortfalls = [],
        Outputs = [],
    };

    private static string Cut(string text) => text.Length <= MostMessage ? text : $"{text[..MostMessage]}…";
}

/// <summary>A command that was decided about.</summary>
/// <param name="Id">The command's.</param>
/// <param name="Epoch">The plan that does it; 0 where none is needed.</param>
/// <param name="Outcome">What is told once that plan is in force.</param>
internal sealed record AnsweredCommand(string Id, long Epoch, CommandOutcome Outcome)
{
    public bool HasChanged => Outcome.Status is CommandStatus.Done or CommandStatus.Unchanged;
}
