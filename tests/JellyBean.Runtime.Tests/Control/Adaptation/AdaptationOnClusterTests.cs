using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Ladders;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control.Adaptation;

/// <summary>The whole loop in a real cluster of one process: meters, reports, decision, change in place.</summary>
public sealed class AdaptationOnClusterTests
{
    private const double Planned = 10;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Input<int> Numbers = new("numbers") { Overload = Overload.DropOldest(8) };
    private static readonly Output<int> Answers = new("answers");
    private static readonly Model<int, int> Model = Workflows.Models.Model.Define<int, int>(
        "model", [new TimedVariant("exact", TimeSpan.FromMilliseconds(60)), new TimedVariant("fast", TimeSpan.FromMilliseconds(2))]);

    private static readonly Workflow Workflow = Workflow.Define("w", w => w.From(Numbers).Infer(Model, (_, y) => y).To(Answers));

    [Fact]
    public async Task Load_that_triples_a_faster_variant_runs_until_it_falls_again_and_nothing_is_unaccounted_for()
    {
        var load = new Load { PerSecond = Planned };
        var sink = new ListSink<int>();
        var bindings = new WorkflowBindings(Workflow).With(Answers, () => sink).With(Numbers, "s", () => new LoadSource(load));
        var options = new LocalClusterOptions { Adaptation = new AdaptationOptions { Every = TimeSpan.FromMilliseconds(100), Window = TimeSpan.FromSeconds(1), CalmFor = TimeSpan.FromSeconds(1) } };
        var node = Engine.Engine.Node(new WorkerId("edge")) with { IsCoordinator = true, Cores = 2 };
        await using var cluster = await LocalCluster.StartAsync(bindings, [node], options, NullLoggerFactory.Instance, CancellationToken.None);
        using var drain = new CancellationTokenSource();
        var progress = new Latest();

        var running = cluster.RunAsync(PlanWithLadder(), progress, drain.Token);
        load.PerSecond = 3 * Planned;
        await progress.Until(r => Runs(r, "fast"), Deadline);
        load.PerSecond = Planned / 2;
        await progress.Until(r => Runs(r, "exact"), Deadline);
        await drain.CancelAsync();
        var report = await running.WaitAsync(Deadline);

        Assert.Equal([AdaptationAction.StepDown, AdaptationAction.StepUp], report.Adaptations.Select(a => a.Action).Where(a => a is AdaptationAction.StepDown or AdaptationAction.StepUp).Distinct());
        var down = report.Adaptations.First(a => a.Action == AdaptationAction.StepDown);
        Assert.Equal(("model=exact", "model=fast", ""), (down.From, down.To, down.Problem));
        Assert.NotNull(down.Took);
        Assert.True(down.Measured.Load > 1);
        var source = report.Sources.Single();
        Assert.Equal(source.Offered, sink.Results.Count + source.Dropped);
    }

    [Fact]
    public async Task Variant_chosen_by_hand_runs_in_place_until_nobody_chooses_any_more_and_the_plan_stays()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var sink = new ListSink<int>();
        var bindings = new WorkflowBindings(Workflow).With(Answers, () => sink).With(Numbers, "s", () => new LoadSource(new Load { PerSecond = Planned }));
        var description = Engine.Engine.Node(new WorkerId("edge")) with { IsCoordinator = true, Cores = 2 };
        await using var node = ClusterNode.Start(
            bindings, description, new ClusterNodeOptions { Patience = new LocalClusterOptions { Adaptation = new AdaptationOptions() } }, new FixedPlanner(), NullLoggerFactory.Instance);
        await node.Welcomed.WaitAsync(deadline.Token);
        await using var client = new ClusterClient([node.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        var running = client.RunAsync(Workflow.Fingerprint, Deadline, null, null, null, deadline.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await node.Control.StatusAsync(Deadline, deadline.Token)).Phase != "running")
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        var chosen = await node.Control.SwapAsync(new OperatorId("model"), "fast", new CommandOptions(), deadline.Token);
        var given = await node.Control.SwapAsync(new OperatorId("model"), IWorkflowControl.AnyVariant, new CommandOptions(), deadline.Token);
        var history = await node.Control.HistoryAsync(Deadline, deadline.Token);
        var status = await client.StopAsync(Deadline, deadline.Token);
        await running.WaitAsync(deadline.Token);

        Assert.Equal((CommandStatus.Done, 1L), (chosen.Status, chosen.Epoch));
        Assert.Equal((CommandStatus.Done, 1L), (given.Status, given.Epoch));
        Assert.Contains(history, d => d.Trigger == "swap model fast" && d.Steps.Any(s => s.Name == "changing in place"));
        Assert.Equal("exact", status.Fragments.SelectMany(f => f.Stages).First(s => s.Variant is not null).Variant);
        var source = status.Sources.Single();
        Assert.Equal(source.Offered, sink.Results.Count + source.Dropped);
    }

    private static bool Runs(RunReport report, string variant) =>
        report.Fragments.SelectMany(f => f.Stages).Any(s => s.Variant == variant) && report.Adaptations.Any(a => a.Took is not null && a.To == $"model={variant}");

    private static Plan PlanWithLadder(double? capacity = null)
    {
        var worker = new WorkerId("edge");
        var plan = Plans.Of(Workflow, [(SourceId.Of("numbers", "s"), worker)], _ => [new Instance { Worker = worker }]);
        LadderRung Rung(string variant, double seconds) => new()
        {
            Ways = [new RungWay(new OperatorId("model"), variant, 1)],
            Accuracies = [],
            Capacity = capacity ?? 0.8 / (seconds * Planned),
            Cores = seconds * Planned,
        };
        return plan with { Sources = [.. plan.Sources.Select(s => s with { Rate = Planned })], Ladder = [Rung("exact", 0.06), Rung("fast", 0.002)] };
    }

    private sealed class FixedPlanner : IClusterPlanner
    {
        // However slow the machine is, nothing but the command changes what runs.
        public Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(new ClusterPlan { Plan = PlanWithLadder(capacity: 100) });
    }

    private sealed class Load
    {
        private double _perSecond;

        public double PerSecond
        {
            get => Volatile.Read(ref _perSecond);
            set => Volatile.Write(ref _perSecond, value);
        }
    }

    private sealed class LoadSource(Load load) : ISource<int>
    {
        public string Name => "s";

        public bool IsReplayable => false;

        public double? NominalRate => Planned;

        public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var (began, due) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
            for (var i = 0; ; i++)
            {
                if (due - TimeProvider.System.GetElapsedTime(began) is var early && early > TimeSpan.Zero)
                {
                    await Task.Delay(early, cancellationToken);
                }

                yield return new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i));
                due += TimeSpan.FromSeconds(1 / load.PerSecond);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Takes so long for each element, on a thread of its own.</summary>
    private sealed class TimedVariant(string name, TimeSpan each) : Variant<int, int>(name)
    {
        public override Task<LoadedVariant<int, int>> LoadAsync(Device device, CancellationToken cancellationToken) => Task.FromResult<LoadedVariant<int, int>>(new Loaded(each));

        private sealed class Loaded(TimeSpan each) : LoadedVariant<int, int>
        {
            private readonly ManualResetEventSlim _never = new();

            public override long MemoryBytes => 1;

            public override void Run(ReadOnlySpan<int> batch, Span<int> results)
            {
                _never.Wait(each * batch.Length);
                batch.CopyTo(results);
            }

            protected override void Dispose(bool disposing) => _never.Dispose();
        }
    }

    /// <summary>Waits for what a report says.</summary>
    private sealed class Latest : IProgress<RunReport>
    {
        private readonly Lock _gate = new();
        private Func<RunReport, bool> _condition = _ => false;
        private TaskCompletionSource _met = new();

        public void Report(RunReport value)
        {
            lock (_gate)
            {
                if (_condition(value))
                {
                    _met.TrySetResult();
                }
            }
        }

        public Task Until(Func<RunReport, bool> condition, TimeSpan deadline)
        {
            lock (_gate)
            {
                (_condition, _met) = (condition, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                return _met.Task.WaitAsync(deadline);
            }
        }
    }
}
