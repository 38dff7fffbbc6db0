using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Provisioning;

/// <summary>While this node coordinates: lets workers be started that a plan waits for, and given back that nobody has needed for a while.</summary>
/// <remarks>Thread-safe. What is decided is decided by <see cref="ProvisioningState"/>; this only asks, waits and does.</remarks>
internal sealed partial class WorkerProvisioning(IProvisioner provisioner, ImmutableArray<ProvisionedWorker> known, ProvisioningOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(5);

    // A worker that has not come is not planned with for so many join deadlines: plans must not wait for it again and again.
    private const int AvoidedFor = 5;

    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private readonly List<Wait> _waits = [];
    private readonly Dictionary<WorkerId, TimeSpan> _avoidedUntil = [];
    private readonly List<Task> _doing = [];
    private ProvisioningState _state = new();

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>The workers that a plan may use though they are not there.</summary>
    public ImmutableArray<ProvisionedWorker> Startable(ClusterPlanRequest request)
    {
        lock (_gate)
        {
            return
            [
                .. known.Where(k => request.Members.All(m => m.Worker != k.Worker) && !request.Drained.Contains(k.Worker)
                    && (!_avoidedUntil.TryGetValue(k.Worker, out var until) || Now >= until)),
            ];
        }
    }

    /// <summary>Waits until workers have joined, or the deadline is over.</summary>
    /// <returns>Those that have joined.</returns>
    public async Task<ImmutableSortedSet<WorkerId>> EnsureAsync(ImmutableSortedSet<WorkerId> workers, CancellationToken cancellationToken)
    {
        var wait = new Wait(workers);
        lock (_gate)
        {
            _waits.Add(wait);
        }

        var names = string.Join(", ", workers);
        LogWaits(logger, names);
        try
        {
            await wait.AllJoined.Task.WaitAsync(options.JoinDeadline, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var late = workers.Except(wait.Joined);
            var lateNames = string.Join(", ", late);
            LogLate(logger, lateNames, options.JoinDeadline);
            lock (_gate)
            {
                foreach (var worker in late)
                {
                    _avoidedUntil[worker] = Now + (options.JoinDeadline * AvoidedFor);
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _waits.Remove(wait);
            }
        }

        return wait.Joined;
    }

    /// <summary>Serves until it is cancelled.</summary>
    /// <param name="leads">Whether this node coordinates: no other starts or stops anything.</param>
    /// <param name="status">Asks the cluster how it is.</param>
    /// <param name="cancellationToken">Ends it; workers go on.</param>
    public async Task ServeAsync(Func<bool> leads, Func<TimeSpan, CancellationToken, Task<ClusterStatus>> status, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (leads())
                {
                    await StepAsync(status, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(Doing()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StepAsync(Func<TimeSpan, CancellationToken, Task<ClusterStatus>> status, CancellationToken cancellationToken)
    {
        ClusterStatus cluster;
        ImmutableArray<WorkerId> running;
        try
        {
            cluster = await status(StatusPatience, cancellationToken).ConfigureAwait(false);
            running = await WithDeadlineAsync(provisioner.ListAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            LogNotKnown(logger, cause.Message);
            return;
        }

        var joined = cluster.Members.Where(m => m.IsReachable && !m.IsLeaving).Select(m => m.Node.Worker).ToHashSet();
        ImmutableArray<Provision> todo;
        lock (_gate)
        {
            _waits.ForEach(w => w.Hear(joined));
            var view = new ProvisioningView(
                [.. _waits.SelectMany(w => w.Workers)],
                [.. cluster.Members.Where(m => m.Epoch > 0).Select(m => m.Node.Worker)],
                [.. running]);
            (_state, todo) = _state.Decide(view, options, Now);
            _doing.RemoveAll(d => d.IsCompleted);
            _doing.AddRange(todo.Select(t => DoAsync(t, cancellationToken)));
        }
    }

    private async Task DoAsync(Provision what, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var hasFailed = false;
        try
        {
            if (!what.IsStart)
            {
                LogGivesBack(logger, what.Worker);
                await WithDeadlineAsync(token => provisioner.StopAsync(what.Worker, token), cancellationToken).ConfigureAwait(false);
            }
            else if (known.FirstOrDefault(k => k.Worker == what.Worker) is { } worker)
            {
                LogStarts(logger, what.Worker);
                await WithDeadlineAsync(token => provisioner.StartAsync(worker, token), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception cause)
        {
            // Whatever an implementation throws: it is counted, told, and tried again.
            hasFailed = true;
            LogFailed(logger, what.IsStart ? "started" : "given back", what.Worker, cause.Message);
        }

        lock (_gate)
        {
            _state = _state.Ended(what.Worker, hasFailed, options, Now);
        }
    }

    private Task[] Doing()
    {
        lock (_gate)
        {
            return [.. _doing];
        }
    }

    private async Task WithDeadlineAsync(Func<CancellationToken, Task> act, CancellationToken cancellationToken) => await WithDeadlineAsync(
        async token =>
        {
            await act(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken).ConfigureAwait(false);

    private async Task<T> WithDeadlineAsync<T>(Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await act(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new ProvisioningException($"It took longer than {options.Deadline}.");
        }
    }

    [LoggerMessage(EventId = 1310, Level = LogLevel.Information, Message = "A plan waits for workers {Workers} to join")]
    private static partial void LogWaits(ILogger logger, string workers);

    [LoggerMessage(EventId = 1311, Level = LogLevel.Warning, Message = "Workers {Workers} have not joined within {Deadline}; it is planned without them")]
    private static partial void LogLate(ILogger logger, string workers, TimeSpan deadline);

    [LoggerMessage(EventId = 1312, Level = LogLevel.Information, Message = "Worker {Worker} is started")]
    private static partial void LogStarts(ILogger logger, WorkerId worker);

    [LoggerMessage(EventId = 1313, Level = LogLevel.Information, Message = "Worker {Worker} has had nothing to do for a while, and is given back")]
    private static partial void LogGivesBack(ILogger logger, WorkerId worker);

    [LoggerMessage(EventId = 1314, Level = LogLevel.Warning, Message = "Worker {Worker} could not be {What}; it is tried again. {Cause}")]
    private static partial void LogFailed(ILogger logger, string what, WorkerId worker, string cause);

    [LoggerMessage(EventId = 1315, Level = LogLevel.Debug, Message = "Which workers are there is not known at the moment. {Cause}")]
    private static partial void LogNotKnown(ILogger logger, string cause);

    /// <summary>A plan that waits for workers.</summary>
    private sealed class Wait(ImmutableSortedSet<WorkerId> workers)
    {
        private ImmutableSortedSet<WorkerId> _joined = [];

        public ImmutableSortedSet<WorkerId> Workers => workers;

        public ImmutableSortedSet<WorkerId> Joined => Volatile.Read(ref _joined);

        public TaskCompletionSource AllJoined { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Hear(HashSet<WorkerId> there)
        {
            Volatile.Write(ref _joined, workers.Intersect(there));
            if (_joined.Count == workers.Count)
            {
                AllJoined.TrySetResult();
            }
        }
    }
}
