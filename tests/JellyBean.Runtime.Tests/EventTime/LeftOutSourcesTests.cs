using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.EventTime;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Flows;

namespace JellyBean.Runtime.Tests.EventTime;

/// <summary>A plan after a loss may be without a source of which a snapshot holds elements.</summary>
public sealed class LeftOutSourcesTests
{
    private static readonly SourceId North = new("cameras/north");
    private static readonly SourceId Lost = new("cameras/lost");

    [Fact]
    public void Element_that_waited_of_a_source_left_out_is_taken_once_event_time_has_passed_it()
    {
        var order = new EventOrder([[North], [North]], LatePolicy.Drop);
        var waited = new Element(Lineage.Of(Lost, 5), eventTicks: 40, "value", admittedAt: 0, epoch: 1);

        order.Restore(1, waited);
        Settle(order, 40);
        Assert.False(order.TryTake(out _, out _));
        Settle(order, 41);

        Assert.True(order.TryTake(out var side, out var element));
        Assert.Equal((1, waited), (side, element));
    }

    [Fact]
    public void Element_that_waited_of_a_source_left_out_holds_back_no_frontier_of_others()
    {
        var order = new EventOrder([[North], [North]], LatePolicy.Drop);
        order.Restore(0, new Element(Lineage.Of(Lost, 5), eventTicks: 40, "value", admittedAt: 0, epoch: 1));
        var given = new List<Frontier>();

        Settle(order, 30);
        order.Advance(_ => long.MaxValue, given.Add);

        Assert.Equal([(North, 3L)], given.Select(f => (f.Source, f.Number)));
    }

    private static void Settle(EventOrder order, long eventTicks)
    {
        order.Settle(0, new Frontier(North, 3, eventTicks));
        order.Settle(1, new Frontier(North, 3, eventTicks));
    }
}
