using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Commands;

/// <summary>Runs plans. A seam: tests run without a cluster.</summary>
internal interface IEngine
{
    /// <summary>Starts a node for each description and runs the plan to its end.</summary>
    /// <param name="bindings">The workflow with its sources and sinks.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="resume">What to go on with; null to begin anew.</param>
    /// <param name="options">How patiently nodes wait, and where snapshots are kept.</param>
    /// <param name="progress">Told how far the run is.</param>
    /// <param name="drain">Sources stop; what was admitted is still processed.</param>
    /// <param name="abort">Everything stops at once.</param>
    Task<RunReport> RunAsync(
        WorkflowBindings bindings,
        IReadOnlyList<NodeDescription> nodes,
        Plan plan,
        UnfinishedRun? resume,
        LocalClusterOptions options,
        IProgress<RunReport> progress,
        CancellationToken drain,
        CancellationToken abort);
}

/// <summary>All nodes in this process.</summary>
internal sealed class LocalEngine(ILoggerFactory loggers) : IEngine
{
    public async Task<RunReport> RunAsync(
        WorkflowBindings bindings,
        IReadOnlyList<NodeDescription> nodes,
        Plan plan,
        UnfinishedRun? resume,
        LocalClusterOptions options,
        IProgress<RunReport> progress,
        CancellationToken drain,
        CancellationToken abort)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(drain, abort);
        await using var cluster = await LocalCluster.StartAsync(bindings, nodes, options, loggers, giveUp.Token).ConfigureAwait(false);

        // Leaving this method disposes the cluster, which stops a run that is still on.
        return await cluster.RunAsync(plan, resume, progress, drain).WaitAsync(abort).ConfigureAwait(false);
    }
}
