using JellyBean.Planning.Plans;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime;

/// <summary>Every node of a catalogue in this process: a real cluster on loopback, where only the process boundary is missing.</summary>
/// <remarks>Thread-safe. Nothing listens outside 127.0.0.1. Disposing stops a run that is still on.</remarks>
public sealed class LocalCluster : IAsyncDisposable
{
    private LocalCluster()
    {
    }

    /// <summary>Starts a node for each description, forms the cluster and waits until the coordinator knows them all.</summary>
    /// <param name="bindings">The workflow that every node builds, with its sources and sinks.</param>
    /// <param name="nodes">At least one, with unique workers; at least one may coordinate.</param>
    /// <param name="options">How patiently nodes wait.</param>
    /// <param name="loggers">Where everything logs, Akka's own warnings included.</param>
    /// <param name="cancellationToken">Gives up; what was started is stopped.</param>
    /// <exception cref="ArgumentException">Nodes or options are not allowed; all that is wrong is in the message.</exception>
    /// <exception cref="RunException">A node was refused, or the cluster was not formed within the deadline.</exception>
    public static Task<LocalCluster> StartAsync(
        WorkflowBindings bindings,
        IReadOnlyList<NodeDescription> nodes,
        LocalClusterOptions options,
        ILoggerFactory loggers,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Puts a plan in force and runs it until every source has ended and every result is written.</summary>
    /// <param name="plan">Made for this workflow and these nodes. Its epoch is set here.</param>
    /// <param name="progress">Told how far the run is, at every report interval; null if nobody asks.</param>
    /// <param name="drain">Once cancelled, sources stop, what was admitted is processed, and the run completes normally.</param>
    /// <returns>The complete and exact report.</returns>
    /// <exception cref="RunException">A node refused the plan or its fragment failed. The whole run was stopped.</exception>
    /// <exception cref="InvalidOperationException">A run is on: a cluster runs one plan at a time.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public Task<RunReport> RunAsync(Plan plan, IProgress<RunReport>? progress, CancellationToken drain) => throw new NotSupportedException();

    /// <summary>Stops a run that is still on, leaves the cluster and stops every node.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
