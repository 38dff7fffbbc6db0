using Akka.Configuration;
using JellyBean.Runtime.Control.Nodes;

namespace JellyBean.Runtime.Tests.Control;

public sealed class ControlSettingsTests
{
    [Fact]
    public void Network_falls_apart_one_coordinator_its_side_goes_on_even_alone()
    {
        var resolver = Resolver(coordinators: 1);

        Assert.Equal("keep-oldest", resolver.GetString("active-strategy"));
        Assert.Equal("coordinator", resolver.GetString("keep-oldest.role"));
        Assert.False(resolver.GetBoolean("keep-oldest.down-if-alone"));
    }

    /// <summary>Of any two sides at most one has so many, also of an even number: it is the side that can write the journal.</summary>
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    public void Network_falls_apart_several_coordinators_the_side_with_most_of_all_of_them_goes_on(int coordinators, int quorum)
    {
        var resolver = Resolver(coordinators);

        Assert.Equal("static-quorum", resolver.GetString("active-strategy"));
        Assert.Equal("coordinator", resolver.GetString("static-quorum.role"));
        Assert.Equal(quorum, resolver.GetInt("static-quorum.quorum-size"));
        Assert.True(2 * quorum > coordinators);
    }

    /// <summary>Heartbeats that come late now and then, as on a busy machine, must not end the nodes that are there.</summary>
    [Fact]
    public void Reachability_changes_for_a_while_nobody_is_taken_out_who_can_be_reached()
    {
        var resolver = Resolver(coordinators: 1);

        Assert.InRange(resolver.GetTimeSpan("stable-after"), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
        Assert.InRange(resolver.GetTimeSpan("down-all-when-unstable"), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));
    }

    private static Config Resolver(int coordinators) =>
        ControlSettings.For(ClusterFixture.Nodes[0], new NodeEnvironment { Loggers = new ListLoggers(), Coordinators = coordinators }).GetConfig("akka.cluster.split-brain-resolver");
}
