using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Real data planes under a real cluster.</summary>
public sealed class WorkflowOnClusterTests
{
    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> Quotients = new("quotients");
    private static readonly Workflow Workflow = Workflow.Define("quotients", w => w.From(Numbers).Select(n => 100 / (n % 10) * n, "quotient").To(Quotients));

    [Fact]
    public async Task Run_workflow_over_two_workers_every_element_is_accounted_for()
    {
        var sink = new ListSink<int>();
        var bindings = new WorkflowBindings(Workflow)
            .With(Numbers, "all", () => new ListSource<int>("all", [.. Enumerable.Range(0, 1_000).Select(n => new SourceItem<int>(n, DateTimeOffset.UnixEpoch.AddSeconds(n)))]))
            .With(Quotients, () => sink);
        var edge = ClusterFixture.Nodes[1].Worker;
        var cloud = ClusterFixture.Nodes[0].Worker;
        var plan = Plans.Of(Workflow, [(SourceId.Of("numbers", "all"), edge)], op => [new Instance { Worker = op is OutputOperator ? cloud : edge }]);

        await using var cluster = await LocalCluster.StartAsync(bindings, ClusterFixture.Nodes, new LocalClusterOptions(), NullLoggerFactory.Instance, CancellationToken.None);
        var report = await cluster.RunAsync(plan, null, CancellationToken.None).WaitAsync(ClusterFixture.Deadline);

        var source = Assert.Single(report.Sources);
        Assert.True(report.IsComplete);
        Assert.Equal((1_000, 900, 0, 100), (source.Offered, source.Processed, source.Dropped, source.Failed));
        Assert.Equal(900, Assert.Single(report.Outputs).Results);
    }
}
