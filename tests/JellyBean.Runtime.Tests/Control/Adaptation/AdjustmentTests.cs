using System.Collections.Immutable;
using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Control.Adaptation;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

/// <summary>Changes in place as a node does them: the message may come late, twice or never.</summary>
public sealed class AdjustmentTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly OperatorId M = new("m");
    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> Answers = new("answers");

    [Fact]
    public async Task Messages_lost_doubled_and_late_each_revision_is_done_once_in_order_and_answered_whenever_it_is_the_latest()
    {
        // Every list of revisions is a way in which the network may deliver them.
        foreach (var arrivals in Gen.Int[1, 5].Array[1, 12].Array[50].Single())
        {
            var (host, deployment) = await DeployAsync();
            var answers = new List<(int Revision, Task<Adjusted>? Answer)>();
            foreach (var revision in arrivals)
            {
                answers.Add((revision, deployment.AdjustAsync(Of(revision))));
            }

            await Task.WhenAll(answers.Select(a => a.Answer).OfType<Task>()).WaitAsync(Deadline);

            var done = host.Fragments.Single().Adjustments.Select(a => (int)a.Revision).ToList();
            Assert.Equal(done.Distinct().Order(), done);
            Assert.Equal(arrivals.Max(), done[^1]);
            var highest = 0;
            foreach (var (revision, answer) in answers)
            {
                highest = Math.Max(highest, revision);
                Assert.Equal(revision == highest ? revision : null, answer?.Result.Revision);
            }

            await deployment.DisposeAsync();
        }
    }

    [Fact]
    public async Task Fragment_that_is_not_ready_does_not_count_as_changed()
    {
        var host = new FakeHost(new WorkerId("a"));
        var before = new TaskCompletionSource();
        var deployment = new Deployment(new FragmentOrder(ClusterFixture.Plan("a") with { Epoch = 1 }), host, null, before.Task);

        var early = deployment.AdjustAsync(Of(1));
        before.SetResult();
        await deployment.Preparing.WaitAsync(Deadline);
        var again = await deployment.AdjustAsync(Of(1))!.WaitAsync(Deadline);

        Assert.Null(early);
        Assert.Equal(1, again.Revision);
        await deployment.DisposeAsync();
    }

    [Fact]
    public async Task Running_fragment_swaps_sets_batches_and_says_what_it_runs()
    {
        var model = Model.Define<int, int>("m", [new FakeVariant<int, int>("plus", x => x), new FakeVariant<int, int>("minus", x => -x), new UnloadableVariant("broken")]);
        var (workflow, sink) = (Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).To(Answers)), new ListSink<int>());
        using var gate = new SemaphoreSlim(0);
        var items = Enumerable.Range(0, 400).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i))).ToList();
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink).With(Numbers, "s", () => new GatedSource("s", items, gate, 200));
        var plan = Plans.Of(workflow, [(new SourceId("numbers/s"), new WorkerId("a"))], _ => [new() { Worker = new WorkerId("a"), Parallelism = 2 }]);

        var report = (await Engine.Engine.RunAsync(bindings, plan, async fragments =>
        {
            var swapped = await fragments[0].AdjustAsync(Of(1, "minus", batch: 4, ready: ["plus"]), CancellationToken.None);
            var broken = await fragments[0].AdjustAsync(Of(2, "broken", batch: 8, ready: []), CancellationToken.None);

            Assert.Equal(("minus", null), (swapped.Single().Variant, swapped.Single().Problem));
            Assert.Equal("minus", broken.Single().Variant);
            Assert.Contains("broken", broken.Single().Problem, StringComparison.Ordinal);
            gate.Release();
        })).Single();

        var stage = report.Stages.Single(s => s.Operator == M);
        Assert.Equal((2L, "minus", 2), (report.Revision, stage.Variant, stage.Instances));
        Assert.Equal(Enumerable.Range(0, 400), sink.Results.Select(r => Math.Abs(r.Value)));
        Assert.All(sink.Results.Skip(200), r => Assert.True(r.Value <= 0));
    }

    [Fact]
    public async Task Source_that_drops_is_shed_to_a_rate_and_counts_it_one_that_waits_is_not()
    {
        var workflow = Workflow.Define("w", w => w.From(Numbers).Select(x => x).To(Answers));
        var sink = new ListSink<int>();
        using var gate = new SemaphoreSlim(0);
        GatedSource Source(string name) =>
            new(name, [.. Enumerable.Range(0, 100).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i)))], gate, 1);
        var bindings = new WorkflowBindings(workflow).With(Answers, () => sink)
            .With(Numbers, "drops", () => Source("drops"), Overload.DropOldest(1000)).With(Numbers, "waits", () => Source("waits"));
        var plan = Plans.Of(workflow, [(new SourceId("numbers/drops"), new WorkerId("a")), (new SourceId("numbers/waits"), new WorkerId("a"))], _ => [new() { Worker = new WorkerId("a") }]);

        var report = (await Engine.Engine.RunAsync(bindings, plan, async fragments =>
        {
            await fragments[0].AdjustAsync(
                new Adjustment(1, 1, [], [new SourceLimit(new SourceId("numbers/drops"), 1e-3), new SourceLimit(new SourceId("numbers/waits"), 1e-3)]), CancellationToken.None);
            gate.Release(2);
        })).Single();

        var (drops, waits) = (report.Sources[0], report.Sources[1]);
        Assert.Equal((true, 100L, drops.Dropped), (drops.CanDrop, drops.Offered, drops.Shed));
        Assert.InRange(drops.Shed, 98, 99);
        Assert.Equal((false, 0L, 0L), (waits.CanDrop, waits.Dropped, waits.Shed));
        Assert.Equal(200 - drops.Shed, sink.Results.Count);
    }

    private static async Task<(FakeHost Host, Deployment Deployment)> DeployAsync()
    {
        var host = new FakeHost(new WorkerId("a"));
        var deployment = new Deployment(new FragmentOrder(ClusterFixture.Plan("a") with { Epoch = 1 }), host, null, Task.CompletedTask);
        await deployment.Preparing.WaitAsync(Deadline);
        return (host, deployment);
    }

    private static Adjustment Of(long revision, string variant = "v", int batch = 1, ImmutableArray<string>? ready = null) =>
        new(1, revision, [new OperatorSetting(M, variant, batch, TimeSpan.Zero, ready ?? [])], []);
}
