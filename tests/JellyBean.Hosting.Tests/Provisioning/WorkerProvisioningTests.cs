using System.Collections.Concurrent;
using System.Collections.Immutable;
using JellyBean.Hosting.Provisioning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Hosting.Tests.Provisioning;

/// <summary>Plans that wait for workers.</summary>
public sealed class WorkerProvisioningTests
{
    private static readonly WorkerId Box = new("box-1");
    private static readonly ImmutableArray<ProvisionedWorker> Known = [new(Box, Tier.Cloud, new WorkerTypeId("box")), new(new WorkerId("box-2"), Tier.Cloud, new WorkerTypeId("box"))];

    [Fact]
    public async Task Worker_is_started_and_the_plan_goes_on_once_it_has_joined_whatever_failed_before()
    {
        var machines = new Machines { Failures = 2 };
        var provisioning = Provisioning(machines, TimeSpan.FromSeconds(60));
        using var ends = new CancellationTokenSource();

        var serving = provisioning.ServeAsync(() => true, machines.StatusAsync, ends.Token);
        var joined = await provisioning.EnsureAsync([Box], CancellationToken.None);
        await ends.CancelAsync();
        await serving;

        Assert.Equal([Box], joined);
        Assert.Equal([Box, Box, Box], machines.Starts);
    }

    [Fact]
    public async Task Worker_that_does_not_join_in_time_is_planned_without_for_a_while()
    {
        var provisioning = Provisioning(new Machines(), TimeSpan.FromMilliseconds(100));
        var request = new ClusterPlanRequest([], IsFirst: true);

        // Nobody serves: it never comes.
        var joined = await provisioning.EnsureAsync([Box], CancellationToken.None);

        Assert.Empty(joined);
        Assert.Equal(["box-2"], provisioning.Startable(request).Select(w => w.Worker.Value));
        Assert.Empty(provisioning.Startable(request with { Drained = [new WorkerId("box-2")] }));
    }

    [Fact]
    public async Task Node_that_does_not_lead_starts_nothing()
    {
        var (machines, asked) = (new Machines(), new TaskCompletionSource());
        var provisioning = Provisioning(machines, TimeSpan.FromMilliseconds(100));
        using var ends = new CancellationTokenSource();
        var serving = provisioning.ServeAsync(
            () =>
            {
                asked.TrySetResult();
                return false;
            },
            machines.StatusAsync,
            ends.Token);

        await provisioning.EnsureAsync([Box], CancellationToken.None);
        await asked.Task;
        await ends.CancelAsync();
        await serving;

        Assert.Empty(machines.Starts);
    }

    private static WorkerProvisioning Provisioning(Machines machines, TimeSpan joinDeadline) =>
        new(machines, Known, new ProvisioningOptions { JoinDeadline = joinDeadline, FirstPause = TimeSpan.FromMilliseconds(10) }, TimeProvider.System, NullLogger.Instance);

    /// <summary>Machines that join as soon as they are started.</summary>
    private sealed class Machines : IProvisioner
    {
        private int _failed;

        public ConcurrentQueue<WorkerId> Starts { get; } = new();

        /// <summary>How often starting fails first.</summary>
        public int Failures { get; init; }

        private ImmutableArray<WorkerId> There => Starts.Count > Failures ? [Box] : [];

        public Task<ImmutableArray<WorkerId>> ListAsync(CancellationToken cancellationToken) => Task.FromResult(There);

        public Task StartAsync(ProvisionedWorker worker, CancellationToken cancellationToken)
        {
            Starts.Enqueue(worker.Worker);
            return Interlocked.Increment(ref _failed) <= Failures ? Task.FromException(new ProvisioningException("No machine is free.")) : Task.CompletedTask;
        }

        public Task StopAsync(WorkerId worker, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ClusterStatus> StatusAsync(TimeSpan patience, CancellationToken cancellationToken) => Task.FromResult(new ClusterStatus
        {
            Coordinator = new WorkerId("boss"),
            Term = 1,
            Phase = "planning",
            Members = [.. There.Select(w => new ClusterMember(new NodeDescription { Worker = w, Tier = Tier.Cloud, Cores = 1, MemoryBytes = 1 }, true, false, 0, null))],
        });
    }
}
