using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace JellyBean.Runtime.Tests.Fragments;

/// <summary>Whatever goes wrong, a fragment keeps nothing of what it opened.</summary>
public sealed class FragmentReleaseTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Input<int> Numbers = new("numbers");
    private static readonly Output<int> Answers = new("answers");
    private static readonly WorkerId Here = new("here");
    private static readonly WorkerId There = new("there");
    private readonly LocalLinks _links = new();
    private readonly StuckSink _sink = new();
    private readonly FakeTimeProvider _time = new();
    private int _unloaded;

    [Fact]
    public async Task Dispose_of_a_fragment_that_does_not_stop_in_time_still_closes_all_and_says_so()
    {
        var workflow = Define();
        await using var plane = PlaneOf(workflow);
        var fragment = await plane.PrepareAsync(new FragmentOrder(PlanOf(workflow, Here)), null, CancellationToken.None);
        fragment.Start();
        await _sink.Writing.WaitAsync(Deadline);

        var disposing = fragment.DisposeAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(10));
        var error = await Assert.ThrowsAsync<AggregateException>(() => disposing.WaitAsync(Deadline));

        Assert.Contains("A stage has not stopped within 00:00:10", error.Message, StringComparison.Ordinal);
        Assert.True(_sink.IsDisposed);
        Assert.Equal(1, _unloaded);
    }

    [Fact]
    public async Task Prepare_of_a_plan_that_cannot_be_compiled_leaves_nothing_open()
    {
        var workflow = Define();
        await using var plane = PlaneOf(workflow);
        var plan = PlanOf(workflow, There);

        // Its input comes over a link; its answers are said to come from an operator that is not here.
        var broken = plan with
        {
            Routes = [.. plan.Routes.Select(r => r.To.Value == "answers" ? r with { From = new OperatorId("numbers"), FromWorker = Here } : r)],
        };

        await Assert.ThrowsAsync<KeyNotFoundException>(() => plane.PrepareAsync(new FragmentOrder(broken), null, CancellationToken.None));

        Assert.Equal(0, _links.HalfOpen);
        Assert.True(_sink.IsDisposed);
        Assert.Equal(1, _unloaded);
    }

    [Fact]
    public async Task Release_of_a_part_that_throws_does_not_keep_the_others()
    {
        var whole = new StuckSink();

        var causes = await Release.AllAsync([new Grudge(), whole], TimeSpan.FromSeconds(10), TimeProvider.System);

        Assert.Equal("still in use", Assert.IsType<InvalidOperationException>(Assert.Single(causes)).Message);
        Assert.True(whole.IsDisposed);
    }

    public ValueTask DisposeAsync() => _sink.DisposeAsync();

    private Workflow Define()
    {
        var model = Model.Define<int, int>("m", [new FakeVariant<int, int>("good", x => x, onDispose: _ => Interlocked.Increment(ref _unloaded))]);
        return Workflow.Define("w", w => w.From(Numbers).Infer(model, (_, y) => y).To(Answers));
    }

    private DataPlane PlaneOf(Workflow workflow)
    {
        var items = Enumerable.Range(0, 100).Select(i => new SourceItem<int>(i, DateTimeOffset.UnixEpoch.AddSeconds(i))).ToList();
        var bindings = new WorkflowBindings(workflow).With(Answers, () => _sink).With(Numbers, "s", () => new ListSource<int>("s", items));
        return new DataPlane(Engine.Engine.Node(Here), bindings, _links, NullLoggerFactory.Instance, _time);
    }

    private static Plan PlanOf(Workflow workflow, WorkerId source) =>
        Plans.Of(workflow, [(SourceId.Of("numbers", "s"), source)], _ => ImmutableArray.Create(new Instance { Worker = Here }));

    /// <summary>Its first write never ends, whatever it is told.</summary>
    private sealed class StuckSink : ISink<int>
    {
        private readonly TaskCompletionSource _writing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _never = new();

        public Delivery Delivery => Delivery.AtLeastOnce;

        public Task Writing => _writing.Task;

        public bool IsDisposed { get; private set; }

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

        public Task WriteAsync(SinkBatch<int> batch, CancellationToken cancellationToken)
        {
            _writing.TrySetResult();
            return _never.Task;
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Grudge : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => throw new InvalidOperationException("still in use");
    }
}
