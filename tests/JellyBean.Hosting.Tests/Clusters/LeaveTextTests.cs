using JellyBean.Hosting.Clusters;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Clusters;

/// <summary>What a node says that is told to end.</summary>
public sealed class LeaveTextTests
{
    [Fact]
    public void Node_that_runs_something_says_what_comes_of_it_where_it_can_move_and_where_it_cannot()
    {
        var text = LeaveText.Of(Node("edge-1", Tier.Edge), coordinates: false, new ClusterNodeOptions { Patience = new LocalClusterOptions { Snapshots = new SnapshotOptions { Folder = "unused" } } });

        Assert.Equal("Node 'edge-1' leaves: what it runs moves to other nodes, within 60 s; where none can take it, it goes on for 10 s and ends behind a last snapshot.", text);
    }

    [Theory]
    [InlineData(1, " What runs on other nodes goes on; nobody coordinates until it is back.")]
    [InlineData(3, " Another node coordinates then.")]
    public void Node_that_only_coordinates_promises_no_move(int coordinators, string then)
    {
        var text = LeaveText.Of(Node("boss", null), coordinates: true, new ClusterNodeOptions { Coordinators = coordinators });

        Assert.Equal($"Node 'boss' leaves: nothing runs on it.{then}", text);
    }

    private static NodeDescription Node(string name, Tier? tier) => new() { Worker = new WorkerId(name), Tier = tier, IsCoordinator = tier is null, Cores = 1, MemoryBytes = 1 };
}
