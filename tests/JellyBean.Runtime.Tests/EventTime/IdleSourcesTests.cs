using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.EventTime;
using JellyBean.Workflows;
using JellyBean.Workflows.Flows;

namespace JellyBean.Runtime.Tests.EventTime;

public sealed class IdleSourcesTests
{
    private static readonly SourceId North = new("cameras/north");
    private static readonly SourceId South = new("cameras/south");

    [Fact]
    public void Event_time_one_source_idle_the_other_carries_it_on()
    {
        var order = new EventOrder([[North, South]], LatePolicy.Drop);

        order.Settle(0, new Frontier(North, 3, eventTicks: 30));
        order.Settle(0, new Frontier(South, 7, eventTicks: 70));
        order.Settle(0, new Frontier(North, 3, eventTicks: 30, isIdle: true));

        Assert.Equal(70, order.Watermark);
    }

    [Fact]
    public void Event_time_all_sources_idle_it_stands_still_at_the_furthest()
    {
        var order = new EventOrder([[North, South]], LatePolicy.Drop);

        order.Settle(0, new Frontier(North, 3, eventTicks: 30, isIdle: true));
        order.Settle(0, new Frontier(South, 7, eventTicks: 70, isIdle: true));

        Assert.Equal(70, order.Watermark);
    }

    [Fact]
    public void Event_time_one_source_idle_and_the_other_ended_it_stands_still_where_the_idle_one_is()
    {
        var order = new EventOrder([[North, South]], LatePolicy.Drop);

        order.Settle(0, new Frontier(North, 3, eventTicks: 30, isIdle: true));
        order.Settle(0, new Frontier(South, 7, Frontier.Ended));

        Assert.Equal(30, order.Watermark);
    }

    [Fact]
    public void Event_time_all_sources_ended_everything_has_passed()
    {
        var order = new EventOrder([[North, South]], LatePolicy.Drop);

        order.Settle(0, new Frontier(North, 3, Frontier.Ended));
        order.Settle(0, new Frontier(South, 7, Frontier.Ended));

        Assert.Equal(Frontier.Ended, order.Watermark);
    }
}
