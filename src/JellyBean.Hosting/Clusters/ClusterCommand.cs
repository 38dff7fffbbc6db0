using System.Text.Json;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Control;
using JellyBean.Hosting.Health;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Security;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Clusters;

/// <summary>Asks a cluster that runs elsewhere: to run the workflow, how it is, to stop.</summary>
internal sealed class ClusterCommand(ProgramDefinition program, Preparation preparation, RunState state, Terminal terminal, ILoggerFactory loggers)
{
    /// <summary>Lets the cluster run the workflow, and watches it to its end.</summary>
    /// <param name="request">Which cluster.</param>
    /// <param name="detach">Returns once the workflow runs.</param>
    /// <param name="json">Ends with one line of JSON on standard output.</param>
    /// <param name="signals">The first drains the run.</param>
    public async Task<int> RunAsync(ConfigurationRequest request, bool detach, bool json, StopSignals signals)
    {
        var text = json ? terminal.Error : terminal.Output;
        var configuration = preparation.Configure(request);
        using var certificates = NodeSetup.Certificates(configuration.Node);
        var client = Connect(configuration, certificates);
        await using var owned = client.ConfigureAwait(false);
        var progress = new ClusterProgress(terminal, text, program.ElementsWord);
        var plans = new List<Plan>();
        ClusterStatus status;
        try
        {
            status = await client.RunAsync(
                program.Workflow.Fingerprint,
                configuration.Cluster.JoinDeadline,
                progress,
                plan =>
                {
                    plans.Add(plan);
                    progress.Tell(ClusterText.Plan(plan));
                },
                detach ? s => s.Phase == "running" : null,
                signals.Drain).WaitAsync(signals.Abort).ConfigureAwait(false);
        }
        finally
        {
            progress.Finish();
        }

        if (detach && status.RunId.Length > 0)
        {
            text.WriteLine($"The cluster runs '{program.Workflow.Name}' by epoch {status.Epoch}. 'status' shows how it is, 'stop' ends it.");
        }
        else
        {
            ClusterText.WriteEnd(status, program.ElementsWord, text);
            if (status.EndedFailure is null && plans.Count > 0)
            {
                ClusterPlanTruth.Write(status, plans, progress.Begin, program.ElementsWord, text);
            }
        }

        if (json)
        {
            await terminal.Output.WriteLineAsync(ClusterJson.Write(status)).ConfigureAwait(false);
        }

        return status.RunId.Length > 0 || ClusterText.HasRun(status) ? ExitCodes.Ok : ExitCodes.Interrupted;
    }

    /// <summary>Lists the workflows of the cluster.</summary>
    public async Task<int> WorkflowsAsync(ConfigurationRequest request, TimeSpan? deadline, bool json, CancellationToken cancellationToken)
    {
        var workflows = await AskAsync(request, deadline, (client, patience) => client.Control.WorkflowsAsync(patience, cancellationToken)).ConfigureAwait(false);
        if (json)
        {
            await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(WorkflowsDocument.Of(workflows), ControlJson.Default.WorkflowsDocument)).ConfigureAwait(false);
        }
        else
        {
            ClusterText.Write(workflows, terminal.Output);
        }

        return ExitCodes.Ok;
    }

    /// <summary>Lets the cluster run a workflow, and returns once its plan is in force.</summary>
    public async Task<int> StartAsync(ConfigurationRequest request, string? workflow, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var status = await AskAsync(request, deadline, (client, patience) => Of(client.Control, workflow).StartAsync(patience, cancellationToken)).ConfigureAwait(false);
        await terminal.Output.WriteLineAsync(status.Problem ?? FormattableString.Invariant($"It runs by epoch {status.Epoch}. 'status' shows how it is, 'stop' ends it.")).ConfigureAwait(false);
        return status.Problem is null ? ExitCodes.Ok : ExitCodes.NoPlan;
    }

    public async Task<int> StatusAsync(ConfigurationRequest request, string? workflow, TimeSpan? deadline, bool json, CancellationToken cancellationToken)
    {
        var status = await AskAsync(request, deadline, (client, patience) => Of(client.Control, workflow).StatusAsync(patience, cancellationToken)).ConfigureAwait(false);
        if (json)
        {
            await terminal.Output.WriteLineAsync(ClusterJson.Write(status)).ConfigureAwait(false);
        }
        else
        {
            ClusterText.Write(status, program.ElementsWord, terminal.Output);
        }

        return ExitCodes.Ok;
    }

    /// <summary>Commands what the cluster runs, and tells what became of it.</summary>
    public async Task<int> CommandAsync(ConfigurationRequest request, string? workflow, Func<IWorkflowControl, Task<CommandOutcome>> command, bool json)
    {
        var outcome = await AskAsync(request, null, (client, _) => command(Of(client.Control, workflow))).ConfigureAwait(false);
        if (json)
        {
            await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(OutcomeDocument.Of(outcome), ControlJson.Default.OutcomeDocument)).ConfigureAwait(false);
        }
        else
        {
            CommandText.Write(outcome, CommandText.CodeOf(outcome.Status) == ExitCodes.Ok ? terminal.Output : terminal.Error);
        }

        return CommandText.CodeOf(outcome.Status);
    }

    public async Task<int> HistoryAsync(ConfigurationRequest request, string? workflow, TimeSpan? deadline, bool json, CancellationToken cancellationToken)
    {
        var decisions = await AskAsync(request, deadline, (client, patience) => Of(client.Control, workflow).HistoryAsync(patience, cancellationToken)).ConfigureAwait(false);
        if (json)
        {
            await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(HistoryDocument.Of(decisions), ControlJson.Default.HistoryDocument)).ConfigureAwait(false);
        }
        else
        {
            CommandText.Write(decisions, terminal.Output);
        }

        return ExitCodes.Ok;
    }

    /// <summary>Lets the sources of the run stop, and waits until what was admitted is processed.</summary>
    public async Task<int> StopAsync(ConfigurationRequest request, string? workflow, TimeSpan? deadline, CancellationToken cancellationToken)
    {
        var status = await AskAsync(request, deadline, (client, patience) => Of(client.Control, workflow).StopAsync(patience, cancellationToken)).ConfigureAwait(false);
        ClusterText.WriteEnd(status, program.ElementsWord, terminal.Output);
        return ExitCodes.Ok;
    }

    private async Task<T> AskAsync<T>(ConfigurationRequest request, TimeSpan? deadline, Func<ClusterClient, TimeSpan, Task<T>> ask)
    {
        var configuration = preparation.Configure(request);
        using var certificates = NodeSetup.Certificates(configuration.Node);
        var client = Connect(configuration, certificates);
        await using var owned = client.ConfigureAwait(false);
        return await ask(client, deadline ?? configuration.Cluster.JoinDeadline).ConfigureAwait(false);
    }

    private ClusterClient Connect(HostConfiguration configuration, NodeCertificates? certificates)
    {
        if (configuration.Node.Join.IsEmpty)
        {
            throw new BadInputException("No cluster is named. Give nodes of it with --join HOST:PORT, JELLYBEAN_NODE_JOIN or jellybean.node.join.");
        }

        var client = new ClusterClient(configuration.Node.Join, configuration.Node.Listen ?? new NodeAddress("127.0.0.1", 0), certificates, loggers, $"{program.Workflow.Name}@{program.Workflow.Fingerprint}");
        state.Ask(() => client.IsReached);
        return client;
    }

    private static IWorkflowControl Of(IWorkflowControl control, string? workflow) => workflow is null ? control : control.Of(workflow);
}
