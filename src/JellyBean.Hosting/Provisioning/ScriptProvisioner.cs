using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Hosting.Provisioning;

/// <summary>
/// Lets a script start and stop workers: <c>SCRIPT start NAME TIER TYPE JOIN</c>, <c>SCRIPT stop NAME</c>, <c>SCRIPT list</c>, which writes a name per line. Exit code 0 is done, or was done already; any other is a failure,
/// told by standard error and tried again. One that takes too long is ended.
/// </summary>
internal sealed class ScriptProvisioner(string script, Func<string> join) : IProvisioner
{
    public async Task<ImmutableArray<WorkerId>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await OutsideProgram.RunAsync(script, ["list"], cancellationToken).ConfigureAwait(false))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => new WorkerId(n)),
    ];

    public Task StartAsync(ProvisionedWorker worker, CancellationToken cancellationToken) =>
        OutsideProgram.RunAsync(script, ["start", worker.Worker.Value, worker.Tier.Name, worker.Type.Value, join()], cancellationToken);

    public Task StopAsync(WorkerId worker, CancellationToken cancellationToken) => OutsideProgram.RunAsync(script, ["stop", worker.Value], cancellationToken);
}
