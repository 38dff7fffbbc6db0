using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Planning.Replanning;
using JellyBean.Workflows;

namespace JellyBean.Planning.Tests.Replanning;

public sealed class BottleneckTests
{
    private static readonly WorkerId Edge = new("edge-1");
    private static readonly WorkerId Cloud = new("cloud-1");

    private static readonly Plan Plan = new()
    {
        Workflow = "w",
        WorkflowFingerprint = "f",
        Sources = [],
        Placements = [],
        Routes =
        [
            Route("cameras", Edge, "detector", Edge),
            Route("detector", Edge, "tracker", Cloud),
            Route("detector", Edge, "counter", Edge),
            Route("tracker", Cloud, "tracks", Cloud),
            Route("counter", Edge, "counts", Edge),
        ],
        Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
    };

    [Fact]
    public void Nobody_waits_nothing_is_slow() =>
        Assert.Null(Bottleneck.Of(Plan, [Stage("cameras", 0.1, 0.2), Stage("detector", 0.95, 0.1)], [Hop(0.1)]));

    [Fact]
    public void Operator_that_keeps_all_before_it_waiting_is_slow()
    {
        var found = Bottleneck.Of(Plan, [Stage("cameras", 0.1, 0.9), Stage("detector", 0.97, 0.05), Stage("counter", 0.2, 0)], [Hop(0)])!;

        Assert.Equal(("detector on edge-1", false, 0.97, "cameras on edge-1"), (found.Place, found.IsLine, found.Busy, found.Before.Place));
        Assert.Equal("What is slow is detector on edge-1, busy for 97 % of its time: cameras on edge-1 waits for 90 % of its own.", found.ToString());
    }

    [Fact]
    public void Line_that_is_full_is_slow_however_much_those_before_it_wait()
    {
        var found = Bottleneck.Of(Plan, [Stage("cameras", 0.1, 0.9), Stage("detector", 0.3, 0.7), Stage("tracker", 0.9, 0)], [Hop(0.8, isFull: true)])!;

        Assert.Equal((true, "the line from edge-1 to cloud-1 (detector to tracker)"), (found.IsLine, found.Place));
    }

    [Fact]
    public void Line_without_credit_that_is_not_full_points_at_its_receiver()
    {
        var found = Bottleneck.Of(Plan, [Stage("detector", 0.3, 0.7), new MeasuredStage(new OperatorId("tracker"), Cloud, 0.99, 0)], [Hop(0.9)])!;

        Assert.Equal(("tracker on cloud-1", 0.99), (found.Place, found.Busy));
    }

    [Fact]
    public void Receiver_waits_itself_what_is_behind_it_is_slow()
    {
        var found = Bottleneck.Of(Plan, [Stage("detector", 0.3, 0.7), new MeasuredStage(new OperatorId("tracker"), Cloud, 0.2, 0.8)], [Hop(0.9)])!;

        Assert.Equal(("tracks on cloud-1", null), (found.Place, found.Busy));
    }

    [Fact]
    public void Of_several_that_follow_the_one_that_waits_leads_on()
    {
        var found = Bottleneck.Of(Plan, [Stage("cameras", 0.1, 0.9), Stage("detector", 0.3, 0.7), Stage("counter", 0.2, 0.6)], [Hop(0.1)])!;

        Assert.Equal("counts on edge-1", found.Place);
    }

    [Fact]
    public void Two_links_between_the_same_operators_count_as_the_one_that_waits_more() =>
        Assert.True(Bottleneck.Of(Plan, [Stage("detector", 0.3, 0.7)], [Hop(0), Hop(0.9, isFull: true)])!.IsLine);

    [Fact]
    public void Those_that_wait_are_told_the_longest_first_and_only_so_many() =>
        Assert.Equal(
            [new HeldBack("cameras on edge-1", 0.9), new HeldBack("the line from edge-1 to cloud-1 (detector to tracker)", 0.4)],
            Bottleneck.Waiting([Stage("detector", 0.3, 0.2), Stage("cameras", 0.1, 0.9), Stage("counter", 0, 0.05)], [Hop(0.4)], 0.1, 2).ToArray());

    private static MeasuredStage Stage(string op, double busy, double blocked) => new(new OperatorId(op), Edge, busy, blocked);

    private static MeasuredHop Hop(double blocked, bool isFull = false) => new(new OperatorId("detector"), new OperatorId("tracker"), Edge, Cloud, blocked, isFull);

    private static PlannedRoute Route(string from, WorkerId fromWorker, string to, WorkerId toWorker) =>
        new() { From = new OperatorId(from), To = new OperatorId(to), FromWorker = fromWorker, ToWorker = toWorker, Rate = 1, BytesPerSecond = 1 };
}
