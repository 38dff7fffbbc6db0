using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Control.Nodes;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Sources;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>A data plane that carries nothing: fragments do what the test says.</summary>
internal sealed class FakeHost(WorkerId worker) : IFragmentHost
{
    private readonly TaskCompletionSource<FakeFragment> _made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why it cannot prepare; null if it can.</summary>
    public Exception? PrepareFault { get; init; }

    /// <summary>Ends as soon as it is started.</summary>
    public bool EndsAtOnce { get; init; }

    public FailureReport Failures { get; init; } = FailureReport.None;

    public List<FakeFragment> Fragments { get; } = [];

    /// <summary>The first fragment, once it is made.</summary>
    public Task<FakeFragment> Made => _made.Task;

    public bool IsDisposed { get; private set; }

    public NodeAddress? LinkAddress => null;

    public Task<IFragment> PrepareAsync(FragmentOrder order, IFragment? before, CancellationToken cancellationToken)
    {
        if (PrepareFault is not null)
        {
            throw PrepareFault;
        }

        var fragment = new FakeFragment(worker, order.Plan, EndsAtOnce, Failures);
        Fragments.Add(fragment);
        _made.TrySetResult(fragment);
        return Task.FromResult<IFragment>(fragment);
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}

internal sealed class FakeFragment(WorkerId worker, Plan plan, bool endsAtOnce, FailureReport failures) : IFragment
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Plan Plan => plan;

    public Task Started => _started.Task;

    public FragmentReport? Predecessor => null;

    public bool IsDrained { get; private set; }

    public bool IsAborted { get; private set; }

    public bool IsDisposed { get; private set; }

    public Task Completion => _completion.Task;

    public Task TakenOver => Task.CompletedTask;

    public ImmutableArray<OperatorId> Staying => [];

    public ImmutableArray<SourceId> Recalled => [];

    public void Start()
    {
        _started.SetResult();
        if (endsAtOnce)
        {
            End();
        }
    }

    public void Drain()
    {
        IsDrained = true;
        End();
    }

    public void Hold(ImmutableArray<SourceId> sources, ImmutableArray<SourceStart> starts) => Held = sources;

    public ImmutableArray<SourceId> Held { get; private set; } = [];

    public void Abort()
    {
        IsAborted = true;
        _completion.TrySetCanceled();
    }

    public void End() => _completion.TrySetResult();

    public void Fail(Exception cause) => _completion.TrySetException(cause);

    public Task<SnapshotReceipt> SnapshotAsync(long snapshot, CancellationToken cancellationToken) => Task.FromResult(new SnapshotReceipt(snapshot, worker, 1, 1));

    public Task CommitAsync(SnapshotManifest complete, CancellationToken cancellationToken) => Task.CompletedTask;

    public List<Adjustment> Adjustments { get; } = [];

    public Task<ImmutableArray<AdjustOutcome>> AdjustAsync(Adjustment adjustment, CancellationToken cancellationToken)
    {
        Adjustments.Add(adjustment);
        return Task.FromResult<ImmutableArray<AdjustOutcome>>([.. adjustment.Operators.Select(o => new AdjustOutcome(o.Operator, o.Variant, null, TimeSpan.Zero))]);
    }

    public FragmentReport Report() => new(
        plan.Epoch,
        worker,
        [new SourceReport(new SourceId($"in/{worker}"), 10_000, 0, Completion.IsCompleted, null, 0, 0)],
        [],
        [],
        [new OutputReport(new OperatorId($"out-{worker}"), 10_000, 0, Distribution.Empty, [new SettledSource(new SourceId($"in/{worker}"), 9_999)])],
        failures);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
