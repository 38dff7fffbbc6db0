using JellyBean.Workflows;
using JellyBean.Workflows.Flows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace MachineAlarms;

/// <summary>Readings of machines become alarms.</summary>
public static class Alarms
{
    private const float Suspicious = 0.8f;
    private const int InARow = 3;

    /// <summary>The sensors; which files they are is configuration.</summary>
    public static Input<Reading> Readings { get; } = new("readings") { Tier = Tier.Edge };

    /// <summary>The alarms.</summary>
    public static Output<Alarm> Raised { get; } = new("alarms");

    /// <summary>Says how likely it is that something is wrong: by a rule, or by a network.</summary>
    public static Model<Reading, float> Scorer { get; } = Model.Define("scorer", [new LogisticVariant("rule"), ScorerNetwork.Variant]);

    /// <summary>The workflow.</summary>
    public static Workflow Workflow { get; } = Workflow.Define("machine-alarms", w => w
        .From(Readings)
        .Infer(Scorer, (reading, probability) => new Scored(reading, probability))
        .KeyBy(scored => scored.Reading.Machine)
        .Process("streak", Streak.State, (streak, scored) => streak.Advance(scored.Probability >= Suspicious) == InARow
            ? [new Alarm(scored.Reading.Machine, scored.Reading.Second, scored.Probability)]
            : Array.Empty<Alarm>())
        .To(Raised, new() { P99 = TimeSpan.FromSeconds(1) }));

    /// <summary>How many of a machine's readings in a row looked wrong: what the workflow remembers of each machine.</summary>
    private sealed class Streak
    {
        public static KeyedState<Streak> State { get; } = new(
            () => new Streak(), streak => BitConverter.GetBytes(streak._length), bytes => new Streak { _length = BitConverter.ToInt32(bytes.Span) }, Version: 1);

        private int _length;

        public int Advance(bool isSuspicious) => _length = isSuspicious ? _length + 1 : 0;
    }
}
