using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Hosting.Provisioning;

/// <summary>Starts and stops the on-demand workers of a catalogue, so that a machine that is not needed is given back.</summary>
/// <remarks>Called by the node that coordinates, for one worker at a time of each name. Every method may be called again after it has failed or its answer was lost, and must then do no harm.</remarks>
public interface IProvisioner
{
    /// <summary>The workers that it has started, now or in an earlier life of the program, and that are still there, whether they have joined or not.</summary>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task<ImmutableArray<WorkerId>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Starts a worker that joins the cluster by itself; nothing if it is there.</summary>
    /// <param name="worker">Which, and what kind of machine it is.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task StartAsync(ProvisionedWorker worker, CancellationToken cancellationToken);

    /// <summary>Gives a worker back; nothing if it is gone. Never one that it has not started.</summary>
    /// <param name="worker">Which.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task StopAsync(WorkerId worker, CancellationToken cancellationToken);
}
