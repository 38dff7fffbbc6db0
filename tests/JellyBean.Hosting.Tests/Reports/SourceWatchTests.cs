using JellyBean.Hosting.Reports;
using JellyBean.Runtime;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Hosting.Tests.Reports;

public sealed class SourceWatchTests
{
    private readonly SourceWatch _watch = new();

    [Fact]
    public void Sources_that_are_away_from_the_beginning_are_told_within_two_seconds_each_with_what_is_known()
    {
        Assert.Empty(Look(1, ("gate", SourceCondition.Connecting)));

        Assert.Equal(
            [
                "Source 'cameras/gate' has given nothing for 2 s: it is being connected to, and tried again until it flows; nothing flows until then.",
                "Source 'cameras/yard' does not flow, unreachable: nobody answers. It is tried again until it does; nothing flows until then.",
            ],
            Look(2, ("gate", SourceCondition.Connecting), ("yard", SourceCondition.Unreachable)));
    }

    [Fact]
    public void Why_a_source_is_away_is_told_as_soon_as_that_is_known_and_nothing_twice()
    {
        string[][] told =
        [
            Look(2, ("gate", SourceCondition.Connecting)), Look(3, ("gate", SourceCondition.Connecting)),
            Look(10, ("gate", SourceCondition.Unreachable)), Look(11, ("gate", SourceCondition.Unreachable)),
            Look(12, ("gate", SourceCondition.Flowing)), Look(13, ("gate", SourceCondition.Stalled)), Look(14, ("gate", SourceCondition.Flowing)),
        ];

        Assert.Equal([1, 0, 1, 0, 1, 1, 1], told.Select(t => t.Length));
        Assert.Equal(["Source 'cameras/gate' flows.", "Source 'cameras/gate' flows again."], [told[4][0], told[6][0]]);
    }

    [Fact]
    public void Source_that_is_away_while_another_flows_the_other_is_said_to_go_on()
    {
        Assert.EndsWith("; the others go on.", Assert.Single(Look(2, ("gate", SourceCondition.Unreachable), ("yard", SourceCondition.Flowing))), StringComparison.Ordinal);
    }

    [Fact]
    public void Source_that_connects_anew_under_another_plan_is_not_missed_at_once()
    {
        Look(9, ("gate", SourceCondition.Flowing));

        Assert.Empty(Look(1, ("gate", SourceCondition.Connecting)));
        Assert.Empty(Look(2, ("gate", SourceCondition.Flowing)));
    }

    [Fact]
    public void Live_source_that_is_made_to_wait_is_warned_of_once_when_it_flows()
    {
        string[][] told = [.. new[] { SourceCondition.Connecting, SourceCondition.Flowing, SourceCondition.Flowing }.Select(Wait)];

        Assert.Equal([0, 1, 0], told.Select(t => t.Length));
        Assert.StartsWith("warning: Source 'cameras/gate' is live, but waits", told[1][0], StringComparison.Ordinal);

        string[] Wait(SourceCondition condition)
        {
            var gate = Progress(SourceId.Of("cameras", "gate"), condition);
            return [.. _watch.Look(TimeSpan.FromSeconds(1), [gate with { Detail = gate.Detail! with { CanDrop = false } }])];
        }
    }

    private string[] Look(int seconds, params (string Name, SourceCondition Condition)[] sources) =>
        [.. _watch.Look(TimeSpan.FromSeconds(seconds), [.. sources.Select(s => Progress(SourceId.Of("cameras", s.Name), s.Condition))])];

    private static SourceProgress Progress(SourceId source, SourceCondition condition) => new(source, 0, 0, 0, 0, false, null, 0)
    {
        Detail = new SourceReport(source, 0, 0, false, null, 0, 0) { IsLive = true, CanDrop = true, Health = new SourceHealth { Condition = condition, Trouble = condition == SourceCondition.Unreachable ? "nobody answers" : null } },
    };
}
