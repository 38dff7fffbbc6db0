using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Control.Coordination;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Programs that have built different workflows, or versions of one, as nodes of one cluster.</summary>
public sealed class WorkflowsTests : IDisposable
{
    private const string Other = "beef";

    private readonly CancellationTokenSource _deadline = new(ClusterFixture.Deadline * 2);
    private readonly Dictionary<string, FakeHost> _hosts = [];
    private readonly FirstMember _planner = new(ClusterFixture.Fingerprint);
    private readonly FirstMember _otherPlanner = new(Other);

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Workflow_begins_and_ends_beside_another_which_is_not_touched_on_what_that_leaves_of_a_machine()
    {
        (_planner.Utilisation, _otherPlanner.Utilisation) = (0.75, 0.2);
        await using var boss = Start("boss", null, []);
        await using var edge = Start("edge-1", Tier.Edge, [boss.Address]);
        await using var maker = StartOther("maker", null, boss.Address);
        await using var beside = StartOther("edge-1", Tier.Edge, boss.Address);
        await Task.WhenAll(edge.Welcomed, maker.Welcomed, beside.Welcomed).WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);

        var first = await client.Control.StartAsync(ClusterFixture.Deadline, _deadline.Token);
        var second = await client.Control.Of("other").StartAsync(ClusterFixture.Deadline, _deadline.Token);
        var both = await client.Control.WorkflowsAsync(ClusterFixture.Deadline, _deadline.Token);
        await using var rebuilt = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance, "other@cafe");
        await using var foreign = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance, "third@cafe");
        var seen = await rebuilt.StatusAsync(ClusterFixture.Deadline, _deadline.Token);
        await Assert.ThrowsAsync<RunException>(() => foreign.StopAsync(ClusterFixture.Deadline, _deadline.Token));
        var unknown = await Assert.ThrowsAsync<RunException>(() => client.Control.Of("nobody").StatusAsync(ClusterFixture.Deadline, _deadline.Token));
        var pinned = await maker.Control.PinAsync(new OperatorId("none"), Tier.Edge, new CommandOptions(), _deadline.Token);
        var drained = await edge.Control.DrainAsync(new WorkerId("edge-1"), new CommandOptions(), _deadline.Token);
        var ofOne = await client.Control.Of("other").DrainAsync(new WorkerId("edge-1"), new CommandOptions(), _deadline.Token);
        var returned = await edge.Control.ReturnAsync(new WorkerId("edge-1"), new CommandOptions(), _deadline.Token);
        await edge.Control.ReplanAsync(new CommandOptions { IsDryRun = true }, _deadline.Token);
        var ended = await beside.Control.StopAsync(ClusterFixture.Deadline, _deadline.Token);
        await UntilAsync(client.Control, all => all.Any(w => (w.Name, w.Phase) == ("other", "finished")));
        await edge.Control.ReplanAsync(new CommandOptions { IsDryRun = true }, _deadline.Token);
        var still = await edge.Control.StatusAsync(ClusterFixture.Deadline, _deadline.Token);

        Assert.Equal(("running", "running", 1L, 1L), (first.Phase, second.Phase, first.Epoch, second.Epoch));
        Assert.Equal([("test", "running"), ("other", "running")], both.Select(w => (w.Name, w.Phase)));
        Assert.Equal([1.0, 0.0], both.Select(w => w.CostPerHour));
        Assert.Equal(["edge-1", "maker"], both[1].Nodes.Select(n => n.Value));
        Assert.Equal(second.RunId, seen.RunId);
        Assert.True(unknown.IsRefusal);
        Assert.Contains("Allowed: test, other", unknown.Message, StringComparison.Ordinal);
        Assert.Equal((CommandStatus.Refused, "op"), (pinned.Status, Assert.Single(pinned.Allowed)));
        Assert.Equal([null, 0.2, null], _planner.Taken);
        Assert.Equal((CommandStatus.NoPlan, CommandStatus.NoPlan, CommandStatus.Unchanged), (drained.Status, ofOne.Status, returned.Status));
        Assert.Contains("test: Node 'edge-1' goes on as before", drained.Message, StringComparison.Ordinal);
        Assert.Contains("other: Node 'edge-1' goes on as before", drained.Message, StringComparison.Ordinal);
        Assert.StartsWith("Node 'edge-1' goes on as before", ofOne.Message, StringComparison.Ordinal);
        Assert.Equal([0.75], _otherPlanner.Taken);
        Assert.Equal(("", 1L), (ended.RunId, ended.Epoch));
        Assert.True(_hosts["other/edge-1"].Fragments[0].IsDrained);
        Assert.Equal(("running", 1L, false), (still.Phase, still.Epoch, _hosts["test/edge-1"].Fragments[0].IsDrained));
        await client.StopAsync(ClusterFixture.Deadline, _deadline.Token);
    }

    [Fact]
    public async Task Coordinator_comes_back_every_workflow_goes_on_by_its_epoch()
    {
        using var journal = new KeptJournal();
        var boss = Start("boss", null, [], journal);
        await using var edge = Start("edge-1", Tier.Edge, [boss.Address]);
        await using var maker = StartOther("maker", null, boss.Address);
        await using var beside = StartOther("edge-1", Tier.Edge, boss.Address);
        await Task.WhenAll(edge.Welcomed, maker.Welcomed, beside.Welcomed).WaitAsync(_deadline.Token);
        await edge.Control.StartAsync(ClusterFixture.Deadline, _deadline.Token);
        await beside.Control.StartAsync(ClusterFixture.Deadline, _deadline.Token);

        await boss.DisposeAsync();
        await using var next = Start("boss", null, [edge.Address], journal);
        await using var client = new ClusterClient([next.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance, Other);
        var runs = await UntilAsync(client.Control, w => w.Length == 2 && w.All(s => s.Phase == "running"));

        await UntilAsync(client.Control, w => w.Sum(s => s.CostPerHour) == 1.0);
        await edge.Control.StopAsync(ClusterFixture.Deadline, _deadline.Token);
        await UntilAsync(client.Control, w => w.Single(s => s.Fingerprint == Other).CostPerHour == 1.0);

        Assert.Equal([1L, 1L], runs.Select(w => w.Epoch));
        Assert.Single(_hosts["test/edge-1"].Fragments);
        Assert.Single(_hosts["other/edge-1"].Fragments);
        await client.StopAsync(ClusterFixture.Deadline, _deadline.Token);
    }

    [Fact]
    public async Task Nodes_that_make_no_plans_are_told_what_is_missing_and_who_does_not_ask_to_be_beside_is_refused_with_both_fingerprints()
    {
        await using var boss = Start("boss", null, []);
        await using var beside = StartOther("edge-1", Tier.Edge, boss.Address);
        await using var stranger = StartOther("edge-2", Tier.Edge, boss.Address, isBeside: false);
        await beside.Welcomed.WaitAsync(_deadline.Token);

        var status = await beside.Control.StartAsync(ClusterFixture.Deadline, _deadline.Token);

        var cause = await Assert.ThrowsAsync<RunException>(() => stranger.Welcomed.WaitAsync(_deadline.Token));

        Assert.Contains("--role planner", status.Problem, StringComparison.Ordinal);
        Assert.Contains(Other, cause.Message, StringComparison.Ordinal);
        Assert.Contains(ClusterFixture.Fingerprint, cause.Message, StringComparison.Ordinal);
        await beside.Control.StopAsync(ClusterFixture.Deadline, _deadline.Token);
    }

    private async Task<ImmutableArray<WorkflowStatus>> UntilAsync(IWorkflowControl control, Func<ImmutableArray<WorkflowStatus>, bool> condition)
    {
        while (true)
        {
            var found = await control.WorkflowsAsync(ClusterFixture.Deadline, _deadline.Token);
            if (condition(found))
            {
                return found;
            }

            await Task.Delay(50, _deadline.Token);
        }
    }

    private ClusterNode StartOther(string name, Tier? tier, NodeAddress join, bool isBeside = true) =>
        Start("other", Other, Description(name, tier) with { IsPlanner = tier is null }, new ClusterNodeOptions { Join = [join], IsBeside = isBeside }, tier is null ? _otherPlanner : null);

    private ClusterNode Start(string name, Tier? tier, ImmutableArray<NodeAddress> join, IJournalStore? journal = null)
    {
        var options = new ClusterNodeOptions { Join = join, Journal = journal };
        return Start("test", ClusterFixture.Fingerprint, Description(name, tier) with { IsCoordinator = tier is null }, options, _planner);
    }

    private ClusterNode Start(string workflow, string fingerprint, NodeDescription description, ClusterNodeOptions options, IClusterPlanner? planner)
    {
        var host = _hosts[$"{workflow}/{description.Worker}"] = new FakeHost(description.Worker);
        options = options with { Patience = new LocalClusterOptions { ReportInterval = TimeSpan.FromMilliseconds(50), StopDeadline = TimeSpan.FromSeconds(5) } };
        var names = new CommandNames { Pinnable = ImmutableSortedDictionary<OperatorId, Tier?>.Empty.Add(new OperatorId("op"), null) };
        return ClusterNode.Start(description, fingerprint, options, planner, NullLoggerFactory.Instance, () => (host, null), names, workflow);
    }

    private static NodeDescription Description(string name, Tier? tier) => ClusterFixture.Node(name, Tier.Edge) with { Tier = tier };

    /// <summary>Puts everything on the first node that is there.</summary>
    private sealed class FirstMember(string fingerprint) : IClusterPlanner
    {
        public double Utilisation { get; set; }

        /// <summary>The cores of that node that others had, each time it was asked.</summary>
        public List<double?> Taken { get; } = [];

        public Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken)
        {
            if (request.Members.IsEmpty)
            {
                return Task.FromResult(new ClusterPlan { Reasons = ["Nobody is there."] });
            }

            var worker = request.Members[0].Worker;
            Taken.Add(request.Taken.TryGetValue(worker, out var taken) ? taken.Cores : null);
            return Task.FromResult(new ClusterPlan
            {
                Plan = (ClusterFixture.Plan() with
                {
                    WorkflowFingerprint = fingerprint,
                    Placements = [new Placement { Operator = new OperatorId("op"), Instances = [new Instance { Worker = worker }] }],
                    Workers = [new WorkerPrediction { Worker = worker, Utilisation = Utilisation, MemoryBytes = 1, PricePerHour = 1 }],
                }).Charged(request.PaidByOthers),
            });
        }
    }
}
