using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.EventTime;

/// <summary>A source that gives nothing, because it is held up or has not begun, holds up no join of the others.</summary>
public sealed class HeldUpSourcesTests
{
    // More than files may be apart, and than is under way.
    private const int Many = 200;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Input<int> Numbers = new("numbers") { IdleAfter = TimeSpan.FromHours(1) };
    private static readonly Output<int> Pairs = new("pairs");
    private static readonly WorkerId Here = new("here");
    private static readonly Workflow Workflow = Workflow.Define("w", w =>
    {
        var seen = w.From(Numbers).Unpartitioned();
        seen.JoinWithin("same", seen, TimeSpan.Zero, (a, b) => a == b, (a, _) => a).To(Pairs);
    });

    [Fact]
    public async Task File_that_is_held_up_the_other_one_is_read_on_and_they_are_read_together_again_once_it_goes_on()
    {
        await using var join = new RunningJoin();
        await join.RunAsync("one", "two");
        await join.FlowsAsync("one", "two");

        await join.HoldAsync("two");
        await join.FlowsAsync("one");
        await join.HoldAsync();

        await join.FlowsAsync("one", "two");
    }

    [Fact]
    public async Task File_that_is_added_and_has_given_nothing_the_other_one_flows()
    {
        await using var join = new RunningJoin();
        await join.RunAsync("one");
        await join.FlowsAsync("one");

        await join.RunAsync("one", "waiting");

        await join.FlowsAsync("one");
    }

    [Fact]
    public async Task Live_source_that_has_been_silent_is_not_waited_for_when_another_plan_comes()
    {
        await using var join = new RunningJoin();
        await join.RunAsync("one", "live");
        await join.HoldAsync("live");
        await join.FlowsAsync("one");
        await join.HoldAsync();

        await join.RunAsync("one", "live");

        await join.FlowsAsync("one");
    }

    /// <summary>Pairs each source's elements with themselves, under one plan after the other.</summary>
    private sealed class RunningJoin : IAsyncDisposable
    {
        private readonly ListSink<int> _sink = new();
        private readonly DataPlane _plane;
        private Plan? _plan;
        private Fragment? _fragment;

        public RunningJoin()
        {
            var bindings = new WorkflowBindings(Workflow).With(Pairs, () => _sink)
                .With(Numbers, "one", () => new CountingSource("one", perSecond: 10))
                .With(Numbers, "two", () => new CountingSource("two", perSecond: 10))
                .With(Numbers, "waiting", () => new Silent("waiting", isReplayable: true))
                .With(Numbers, "live", () => new Silent("live", isReplayable: false));
            _plane = new DataPlane(Engine.Engine.Node(Here), bindings, new(), NullLoggerFactory.Instance, TimeProvider.System);
        }

        public async Task RunAsync(params string[] sources)
        {
            var (before, former) = (_fragment, _plan);
            _plan = Plans.Of(Workflow, [.. sources.Select(s => (Source(s), Here))], _ => [new Instance { Worker = Here }], epoch: (former?.Epoch ?? 0) + 1);
            _fragment = await _plane.PrepareAsync(new FragmentOrder(_plan) { Former = former }, before, CancellationToken.None);
            _fragment.Start();
            if (before is not null)
            {
                await _fragment.TakenOver.WaitAsync(Deadline);
                await before.DisposeAsync();
            }
        }

        /// <summary>Holds up these sources, and no other.</summary>
        public async Task HoldAsync(params string[] sources)
        {
            _fragment!.Hold([.. sources.Select(Source)], []);
            await UntilAsync(() => _fragment.Report().Sources.All(s => s is { IsPaused: true, Waiting: 0 } == sources.Select(Source).Contains(s.Source)));
        }

        public async Task FlowsAsync(params string[] sources)
        {
            var before = sources.ToDictionary(s => s, Of);
            await UntilAsync(() => sources.All(s => Of(s) > before[s] + Many));
        }

        public async ValueTask DisposeAsync()
        {
            if (_fragment is not null)
            {
                await _fragment.DisposeAsync();
            }

            await _plane.DisposeAsync();
            await _sink.DisposeAsync();
        }

        private static SourceId Source(string name) => SourceId.Of("numbers", name);

        // As in numbers/one#17+numbers/one#17/0.
        private int Of(string source) => _sink.Results.Count(r => r.Id.Contains(Source(source).Value + "#", StringComparison.Ordinal));

        private static async Task UntilAsync(Func<bool> condition)
        {
            using var limit = new CancellationTokenSource(Deadline);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!condition())
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    /// <summary>Gives nothing, and does not end.</summary>
    private sealed class Silent(string name, bool isReplayable) : ISource<int>
    {
        public string Name => name;

        public bool IsReplayable => isReplayable;

        public double? NominalRate => null;

        public async IAsyncEnumerable<SourceItem<int>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
