using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Live sources come, pause and go by command on a real node, and the one that stays notices nothing.</summary>
public sealed class SourceCommandsOnClusterTests : IDisposable
{
    private static readonly CommandOptions Options = new();
    private static readonly Input<long> Numbers = new("numbers") { Overload = Overload.DropOldest(1000) };
    private static readonly Output<long> Answers = new("answers");
    private static readonly SourceId Gate = SourceId.Of("numbers", "gate");
    private static readonly SourceId Yard = SourceId.Of("numbers", "yard");
    private static readonly WorkerId Edge = new("edge-1");

    private readonly CancellationTokenSource _deadline = new(ClusterFixture.Deadline * 2);
    private readonly TallySink _sink = new();

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task Source_is_added_paused_resumed_removed_and_brought_back_while_another_loses_nothing()
    {
        var workflow = Workflow.Define("tally", w => w.From(Numbers).Select(x => x).To(Answers));
        var bindings = new WorkflowBindings(workflow).With(new Maker()).With(Answers, () => _sink).With(Numbers, "gate", () => new Pulse("gate"));
        var patience = new LocalClusterOptions { ReportInterval = TimeSpan.FromMilliseconds(50) };
        await using var node = ClusterNode.Start(
            bindings,
            new NodeDescription { Worker = Edge, Tier = Tier.Edge, Cores = 1, MemoryBytes = 1 << 30, IsCoordinator = true },
            new ClusterNodeOptions { Listen = new NodeAddress("127.0.0.1", 0), Patience = patience },
            new Planner(workflow),
            NullLoggerFactory.Instance);
        await node.Welcomed.WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([node.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        var running = client.RunAsync(workflow.Fingerprint, ClusterFixture.Deadline, null, null, null, CancellationToken.None);
        await UntilAsync(() => _sink.Of(Gate) > 10);

        var missing = await node.Control.AddAsync(Yard, new Dictionary<string, string> { ["uri"] = Pulse.Missing }, Options, _deadline.Token);
        var added = await node.Control.AddAsync(Yard, new Dictionary<string, string> { ["uri"] = "pulse" }, Options, _deadline.Token);
        await UntilAsync(() => _sink.Of(Yard) > 10);
        var paused = await node.Control.PauseAsync(Yard, Options, _deadline.Token);
        var held = (await StatusAsync(node)).Sources.Single(s => s.Source == Yard);
        var resumed = await node.Control.ResumeAsync(new SourceId("yard"), Options, _deadline.Token);
        await UntilAsync(() => _sink.Of(Yard) > held.Offered);
        var removed = await node.Control.RemoveAsync(Yard, Options, _deadline.Token);
        var left = await UntilToldAsync(node, s => s.Source == Yard && s.Detail!.IsRemoved);
        var back = await node.Control.AddAsync(Yard, new Dictionary<string, string> { ["uri"] = "pulse" }, Options, _deadline.Token);
        await UntilAsync(() => _sink.Of(Yard) > left.Offered + 10);
        var status = await StatusAsync(node);
        await client.StopAsync(ClusterFixture.Deadline, _deadline.Token);
        var end = await running.WaitAsync(_deadline.Token);

        Assert.Equal(CommandStatus.NotPossible, missing.Status);
        Assert.Contains("There is no pulse 'yard'", missing.Message, StringComparison.Ordinal);
        Assert.All(new[] { added, paused, resumed, removed, back }, o => Assert.Equal(CommandStatus.Done, o.Status));
        Assert.True(held.Detail!.IsPaused);
        Assert.Equal((left.Offered, 0L), (left.Processed, left.Failed));
        Assert.Contains(status.History, line => line.Contains($"Source 'numbers/yard' is removed: it had given {left.Offered} elements", StringComparison.Ordinal));
        Assert.Equal(Yard, Assert.Single(status.Added));

        // Numbers without a gap, none twice: nothing was lost, and one that came back took no number again.
        Assert.Equal(Enumerable.Range(0, _sink.Of(Gate)).Select(n => (long)n), _sink.NumbersOf(Gate));
        var yard = _sink.NumbersOf(Yard).ToList();
        Assert.Equal(1, yard.Zip(yard.Skip(1)).Count(pair => pair.Second != pair.First + 1));
        Assert.Equal(yard.Order(), yard);
        Assert.All(end.Sources, s => Assert.Equal(s.Offered, s.Processed + s.Dropped + s.Failed));
        Assert.Equal(_sink.Of(Gate), end.Sources.Single(s => s.Source == Gate).Processed);
    }

    private async Task<ClusterStatus> StatusAsync(ClusterNode node) => await node.Control.StatusAsync(ClusterFixture.Deadline, _deadline.Token);

    private async Task<SourceProgress> UntilToldAsync(ClusterNode node, Func<SourceProgress, bool> condition)
    {
        while (true)
        {
            if ((await StatusAsync(node)).Sources.FirstOrDefault(condition) is { } found)
            {
                return found;
            }
        }
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(_deadline.Token);
        }
    }

    /// <summary>Everything on the one node.</summary>
    private sealed class Planner(Workflow workflow) : IClusterPlanner
    {
        public Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken) => Task.FromResult(new ClusterPlan
        {
            Plan = Plans.Of(
                workflow,
                [.. new[] { Gate }.Except(request.Removed).Union(request.Added.Select(a => a.Source)).Select(s => (s, Edge))],
                _ => [new Instance { Worker = Edge }]),
        });
    }

    private sealed class Maker : ISourceMaker
    {
        public IReadOnlyList<string> Problems(SourceAddition source) => [];

        public WorkflowBindings Bind(WorkflowBindings bindings, SourceAddition source) => bindings.With(Numbers, source.Name, () => new Pulse(source.Name, source.Settings["uri"]));
    }

    /// <summary>A camera of numbers: what nobody reads is gone.</summary>
    private sealed class Pulse(string name, string uri = "pulse") : ISource<long>
    {
        public const string Missing = "missing";

        public string Name => name;

        public bool IsReplayable => false;

        public double? NominalRate => 500;

        public Task CheckAsync(CancellationToken cancellationToken) => uri == Missing ? throw new SourceException($"There is no pulse '{name}'.") : Task.CompletedTask;

        public async IAsyncEnumerable<SourceItem<long>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            for (var n = from; await timer.WaitForNextTickAsync(cancellationToken); n++)
            {
                yield return new SourceItem<long>(n, DateTimeOffset.UtcNow);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class TallySink : ISink<long>
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<long>> _numbers = new(StringComparer.Ordinal);

        public Delivery Delivery => Delivery.AtLeastOnce;

        public int Of(SourceId source) => _numbers.TryGetValue(source.Value, out var numbers) ? numbers.Count : 0;

        public IEnumerable<long> NumbersOf(SourceId source) => _numbers[source.Value];

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

        public Task WriteAsync(SinkBatch<long> batch, CancellationToken cancellationToken)
        {
            foreach (var result in batch.Results)
            {
                _numbers.GetOrAdd(result.Id.Split('#')[0], _ => new()).Enqueue(result.Value);
            }

            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
