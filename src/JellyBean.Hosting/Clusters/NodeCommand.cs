using System.Collections.Immutable;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Control;
using JellyBean.Hosting.Health;
using JellyBean.Hosting.Provisioning;
using JellyBean.Hosting.Reports;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Workflows.Models;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Clusters;

/// <summary>Serves as a node of a cluster until it is told to leave.</summary>
internal sealed class NodeCommand(
    ProgramDefinition program,
    RunContext context,
    RunState state,
    Preparation preparation,
    Profiles.ProfileProvider profiles,
    IPlanner planner,
    Terminal terminal,
    IHost host,
    IHostApplicationLifetime lifetime,
    IEnumerable<IDeviceProbe> probes,
    ILoggerFactory loggers)
{
    public async Task<int> RunAsync(PreparationRequest request, StopSignals signals)
    {
        var configuration = preparation.Configure(request.Configuration);
        OutputFolder.Prepare(configuration.OutputFolder);
        context.OutputFolder = configuration.OutputFolder;
        var description = NodeSetup.Describe(configuration, probes, await profiles.FingerprintAsync(configuration, signals.Drain).ConfigureAwait(false));
        using var certificates = NodeSetup.Certificates(configuration.Node);
        var options = NodeSetup.Options(configuration, certificates, program.Workflow.Fingerprint);
        var http = description.IsCoordinator ? configuration.Http : null;
        if (options.Problems(description).Concat(http?.Problems(certificates is not null) ?? []).ToList() is { Count: > 0 } problems)
        {
            throw new BadInputException(problems);
        }

        var sources = new AddedSources(program.Inputs, [.. configuration.Catalogue.Workers.Select(w => w.Id)]);
        var bindings = (await preparation.BindNodeAsync(configuration, request, new ProgressText(terminal.Error), signals.Drain).ConfigureAwait(false)).With(sources);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(signals.Drain, lifetime.ApplicationStopping);

        // Who leaves may still have to plan for what moves away from others that leave.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(signals.Abort);
        NodeAddress? here = null;
        var provisioning = description.IsCoordinator && configuration.Provisioning is { } provisioned
            ? new WorkerProvisioning(Provisioner(configuration, request, provisioned, description, () => here!.Value), OnDemand(configuration.Catalogue), provisioned, TimeProvider.System, loggers.CreateLogger<WorkerProvisioning>())
            : null;
        var members = description.IsCoordinator || description.IsPlanner ? new MemberPlanner(token => ProblemAsync(configuration, request, token), CatalogueOf(request).Now, planner, configuration.Catalogue.Tiers, sources, provisioning, over.Token) : null;
        ControlServer? server = null;
        await host.StartAsync(signals.Drain).ConfigureAwait(false);
        try
        {
            ControlPoint? commanded = null;
            server = http is null ? null : await ControlServer.StartAsync(http, certificates, () => Volatile.Read(ref commanded), loggers, signals.Drain).ConfigureAwait(false);
            description = description with { ControlUrl = server?.Url.GetLeftPart(UriPartial.Authority) };
            var node = Start(bindings, description, options, members, OpenJournal(configuration.Node, description));
            await using var owned = node.ConfigureAwait(false);
            here = node.Address;
            var served = provisioning?.ServeAsync(() => node.Coordinates, node.Control.StatusAsync, stopping.Token) ?? Task.CompletedTask;
            Say($"Node '{description.Worker}' ({string.Join(", ", description.Roles)}) listens at {node.Address}{(options.Join.IsEmpty ? " and begins a cluster" : $" and joins {string.Join(", ", options.Join)}")}.");
            if (server is not null)
            {
                Volatile.Write(ref commanded, new ControlPoint(node.Control, () => node.Coordinates));
                Say($"Commands are served at {description.ControlUrl} while the node coordinates.");
            }

            _ = members?.Begin();
            await ServeAsync(node, description, stopping.Token).ConfigureAwait(false);
            await served.ConfigureAwait(false);
            Say(node.Welcomed.IsCompletedSuccessfully ? LeaveText.Of(description, node.Coordinates, options) : $"Node '{description.Worker}' ends before it has joined.");
            var isFree = await node.LeaveAsync(signals.Abort).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            Say(isFree ? $"Node '{description.Worker}' has left." : $"Node '{description.Worker}' has left; its part of the plan could not be moved in time, and goes on from the last point that can be returned to.");
            return signals.Abort.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Ok;
        }
        finally
        {
            if (server is not null)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }

            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private ClusterNode Start(WorkflowBindings bindings, NodeDescription description, ClusterNodeOptions options, MemberPlanner? members, SqliteJournal? journal)
    {
        try
        {
            return ClusterNode.Start(bindings, description, options with { Journal = journal }, members, loggers);
        }
        catch (IOException cause)
        {
            // A port that another program has.
            journal?.Discard();
            throw new BadInputException(cause.Message);
        }
    }

    private async Task ServeAsync(ClusterNode node, NodeDescription description, CancellationToken stopping)
    {
        state.Enter(PhaseKind.Starting, $"Node '{description.Worker}' joins.");
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stopping.Register(() => stopped.TrySetResult());
        if (await Task.WhenAny(node.Welcomed, stopped.Task).ConfigureAwait(false) == node.Welcomed)
        {
            await node.Welcomed.ConfigureAwait(false);
            Say($"Node '{description.Worker}' has joined.");
            state.Enter(PhaseKind.Running, $"Node '{description.Worker}' serves.");
        }

        await stopped.Task.ConfigureAwait(false);
        state.Enter(PhaseKind.Draining, $"Node '{description.Worker}' leaves.");
    }

    private IProvisioner Provisioner(HostConfiguration configuration, PreparationRequest request, ProvisioningOptions options, NodeDescription node, Func<NodeAddress> here) => options.Script is { } script
        ? new ScriptProvisioner(script, () => here().ToString())
        : new ProcessProvisioner(
            Path.Combine(configuration.Node.DataFolder ?? configuration.OutputFolder, $"{node.Worker}.workers"),
            ProcessProvisioner.ThisProgram,
            () => NodeArguments.Of(request, program, configuration.OutputFolder, here()));

    private static ImmutableArray<ProvisionedWorker> OnDemand(InfrastructureCatalogue catalogue) =>
    [
        .. from worker in catalogue.Workers
           let type = catalogue.TypeOf(worker.Id)
           where type is { Ownership: Ownership.OnDemand, IsSourceOnly: false }
           select new ProvisionedWorker(worker.Id, type.Tier, type.Id),
    ];

    private ConfiguredCatalogue CatalogueOf(PreparationRequest request) =>
        new(() => preparation.Configure(request.Configuration).Catalogue, loggers.CreateLogger<ConfiguredCatalogue>());

    private async Task<PlanningProblem> ProblemAsync(HostConfiguration configuration, PreparationRequest request, CancellationToken cancellationToken)
    {
        var progress = new ProgressText(terminal.Error);
        var errors = new InputErrors();
        var input = await preparation.LookAsync(configuration, request, errors, opens: false, progress, cancellationToken).ConfigureAwait(false);
        errors.ThrowIfAny();
        return (await preparation.ProblemAsync(input, request, progress, cancellationToken).ConfigureAwait(false)).Problem;
    }

    private static SqliteJournal? OpenJournal(NodeConfiguration node, NodeDescription description)
    {
        if (!description.IsCoordinator || node.DataFolder is not { } folder)
        {
            return null;
        }

        var path = Path.Combine(folder, $"{description.Worker}.journal.db");
        try
        {
            return new SqliteJournal(path);
        }
        catch (Exception cause) when (cause is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The journal '{path}' cannot be opened: {cause.Message} Two nodes cannot share one; give each a name or a --data folder of its own.");
        }
    }

    private void Say(string text)
    {
        terminal.Output.WriteLine(text);
        terminal.Output.Flush();
    }
}
