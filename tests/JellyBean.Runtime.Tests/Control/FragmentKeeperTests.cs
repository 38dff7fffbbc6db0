using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Fragments;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control;

public sealed class FragmentKeeperTests
{
    [Fact]
    public async Task Deploy_over_a_running_fragment_ends_that_first()
    {
        var host = new FakeHost(new WorkerId("edge-1"));
        await using var keeper = new FragmentKeeper(host, NullLogger.Instance);
        await keeper.Deploy(new FragmentOrder(ClusterFixture.Plan("edge-1") with { Epoch = 1 })).Preparing;

        await keeper.Deploy(new FragmentOrder(ClusterFixture.Plan("edge-1") with { Epoch = 2 })).Preparing;

        Assert.True(host.Fragments[0] is { IsAborted: true, IsDisposed: true });
        Assert.False(host.Fragments[1].IsAborted);
    }

    [Fact]
    public async Task Deploy_an_epoch_that_was_stopped_before_it_came_is_refused()
    {
        var host = new FakeHost(new WorkerId("edge-1"));
        await using var keeper = new FragmentKeeper(host, NullLogger.Instance);
        await keeper.StopAsync(5);

        Assert.Throws<ArgumentOutOfRangeException>(() => keeper.Deploy(new FragmentOrder(ClusterFixture.Plan("edge-1") with { Epoch = 5 })));
        Assert.Equal(5, keeper.LastEpoch);
    }

    [Fact]
    public async Task Stop_an_older_epoch_leaves_the_newer_alone()
    {
        var host = new FakeHost(new WorkerId("edge-1"));
        await using var keeper = new FragmentKeeper(host, NullLogger.Instance);
        await keeper.Deploy(new FragmentOrder(ClusterFixture.Plan("edge-1") with { Epoch = 3 })).Preparing;

        await keeper.StopAsync(2);

        Assert.NotNull(keeper.Current);
        Assert.False(host.Fragments[0].IsAborted);
    }
}
