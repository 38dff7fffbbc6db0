using System.Collections.Immutable;
using System.Globalization;
using JellyBean.Hosting.CommandLine;
using JellyBean.Hosting.Configuration;
using JellyBean.Hosting.Health;
using JellyBean.Hosting.Reports;
using JellyBean.Hosting.Truths;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.Commands;

/// <summary>Plans the workflow and runs it to its end.</summary>
internal sealed class RunCommand(
    ProgramDefinition program,
    RunContext context,
    RunState state,
    Preparation preparation,
    IEngine engine,
    Terminal terminal,
    IHost host,
    IHostApplicationLifetime lifetime,
    IServiceProvider services,
    ILogger<RunCommand> logger)
{
    public async Task<int> RunAsync(RunRequest request, StopSignals signals)
    {
        var text = request.Json ? terminal.Error : terminal.Output;
        var progress = new ProgressText(text);
        var errors = new InputErrors();
        if (request.Resume && !request.Truths.IsEmpty)
        {
            errors.Add("--truth measures all results of a run, and a run that goes on does not see those before. Give one of --resume and --truth.");
        }

        var configuration = preparation.Configure(request.Preparation.Configuration, errors);
        var truth = await TruthAsync(request, configuration, errors, signals.Drain).ConfigureAwait(false);
        var input = await preparation.LookAsync(configuration, request.Preparation, errors, opens: truth is not null, progress, signals.Drain).ConfigureAwait(false);
        errors.ThrowIfAny();
        using var folder = OutputFolder.Take(configuration.OutputFolder);
        var unfinished = FindUnfinished(request, configuration, text);
        context.OutputFolder = configuration.OutputFolder;
        context.Options = request.Options;
        await CheckSinksAsync(errors, signals.Drain).ConfigureAwait(false);
        errors.ThrowIfAny();
        state.Enter(PhaseKind.Starting, $"Planning '{program.Workflow.Name}'.");
        var prepared = await preparation.PrepareAsync(input, request.Preparation with { Truth = truth }, progress, signals.Drain).ConfigureAwait(false);
        await CheckAsync(unfinished, prepared, signals.Drain).ConfigureAwait(false);
        await TellLossesAsync(unfinished, prepared, text, signals.Drain).ConfigureAwait(false);
        PlanReport.Write(prepared, text);
        if (prepared.Result.Plan is not { } plan)
        {
            // Whoever keeps only standard error still sees why; on a screen, once is enough.
            if (text != terminal.Error && !terminal.IsInteractive)
            {
                PlanReport.Write(prepared, terminal.Error);
            }

            state.Enter(PhaseKind.Failed, "No plan fits.");
            return ExitCodes.NoPlan;
        }

        // The program's own services run while the workflow does.
        await host.StartAsync(signals.Drain).ConfigureAwait(false);
        try
        {
            var report = await RunAsync(prepared, plan with { Epoch = folder.BeginEpoch(unfinished?.Epoch ?? 0) }, unfinished, text, signals).ConfigureAwait(false);
            Forget(configuration);
            var summary = new RunSummary
            {
                Workflow = program.Workflow,
                Planning = prepared.Result,
                Catalogue = configuration.Catalogue,
                Report = report,
                IsPaced = request.Preparation.IsPaced,
                WasStopped = signals.Drain.IsCancellationRequested,
                PredictedRate = PlanCapacity.Of(plan, prepared.Problem),
                OutputFolder = configuration.OutputFolder,
            };
            summary = summary with { Predictions = PlanTruth.Of(summary, prepared.Problem) };
            return await FinishAsync(summary, truth!, prepared, request.Json, text, signals.Abort).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            state.Enter(PhaseKind.Failed, cause.Message);
            throw;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <returns>What the results are held against; null where that cannot be, and nothing of the sources need be read then.</returns>
    private async Task<RunTruth?> TruthAsync(RunRequest request, HostConfiguration configuration, InputErrors errors, CancellationToken cancellationToken) =>
        await errors.TryAsync(async () =>
        {
            var truth = new RunTruth(TruthRegistration.Find(program, request.Truths));
            if (!truth.IsEmpty && errors.IsEmpty)
            {
                truth.Check(await SourceLengths.OfAsync(program, configuration, cancellationToken).ConfigureAwait(false));
            }

            return truth;
        }).ConfigureAwait(false);

    /// <summary>Finds results that cannot be written before time is spent on models and a plan.</summary>
    private async Task CheckSinksAsync(InputErrors errors, CancellationToken cancellationToken)
    {
        foreach (var output in program.Outputs.Values)
        {
            try
            {
                await output.CheckAsync(services, cancellationToken).ConfigureAwait(false);
            }
            catch (SinkException cause)
            {
                errors.Add($"Output '{output.Output}': {cause.Message}");
            }
        }
    }

    /// <returns>What to go on with; null to begin anew.</returns>
    private static UnfinishedRun? FindUnfinished(RunRequest request, HostConfiguration configuration, TextWriter text)
    {
        var unfinished = configuration.Snapshots is { } snapshots ? UnfinishedRun.Find(snapshots.Folder) : null;
        switch (request.Resume, unfinished)
        {
            case (true, { } found):
                text.WriteLine($"Going on with a run that was cut off, from its snapshot of {found.TakenAt.LocalDateTime:yyyy-MM-dd HH:mm:ss}.");
                return found;
            case (true, null):
                text.WriteLine($"There is no run to go on with in '{configuration.OutputFolder}': this one begins anew.");
                return null;
            case (false, { } found):
                text.WriteLine($"The last run in '{configuration.OutputFolder}' was cut off; this one begins anew. --resume would have gone on from its snapshot of {found.TakenAt.LocalDateTime:yyyy-MM-dd HH:mm:ss}.");
                return null;
            default:
                return null;
        }
    }

    /// <exception cref="BadInputException">What was found cannot be gone on with.</exception>
    private static async Task CheckAsync(UnfinishedRun? unfinished, Prepared prepared, CancellationToken cancellationToken)
    {
        if (unfinished is not null && await unfinished.ProblemsAsync(prepared.Bindings, cancellationToken).ConfigureAwait(false) is { IsEmpty: false } problems)
        {
            throw new BadInputException(problems);
        }
    }

    // Nobody is left who knows how far they were: that they were read, and from when to when, is all there is to tell.
    private static async Task TellLossesAsync(UnfinishedRun? unfinished, Prepared prepared, TextWriter text, CancellationToken cancellationToken)
    {
        foreach (var source in unfinished is null ? [] : await unfinished.NotGivenAgainAsync(prepared.Bindings, cancellationToken).ConfigureAwait(false))
        {
            text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"warning: '{source}' is live, and not recorded since the snapshot: what it gave from {unfinished!.TakenAt.LocalDateTime:yyyy-MM-dd HH:mm:ss} until now, {DateTimeOffset.Now:yyyy-MM-dd HH:mm:ss}, and had no results of when the run was cut off, is lost."));
        }
    }

    private static void Forget(HostConfiguration configuration)
    {
        if (configuration.Snapshots is { } snapshots)
        {
            UnfinishedRun.Forget(snapshots.Folder);
        }
    }

    private async Task<RunReport> RunAsync(Prepared prepared, Plan plan, UnfinishedRun? unfinished, TextWriter text, StopSignals signals)
    {
        var nodes = NodePlan.NodesOf(plan, prepared.Configuration.Catalogue);
        var options = prepared.Configuration.Cluster with { Snapshots = prepared.Configuration.Snapshots };
        if (unfinished is null)
        {
            Forget(prepared.Configuration);
        }

        var progress = new ProgressLine(terminal, text, program.ElementsWord, unfinished?.TakenAt);
        using var draining = CancellationTokenSource.CreateLinkedTokenSource(signals.Drain, lifetime.ApplicationStopping);
        using var told = draining.Token.Register(() =>
        {
            state.Enter(PhaseKind.Draining, "Sources have stopped; what was admitted is processed.");
            progress.Tell("Stopping: sources have stopped, and what was admitted is processed. Stop once more (Ctrl-C) to end at once.");
            RunLog.Draining(logger);
        });
        state.Enter(PhaseKind.Running, $"'{program.Workflow.Name}' runs on {nodes.Count} nodes.");
        RunLog.Running(logger, program.Workflow.Name, nodes.Count, Money.PerHour(plan.Cost.TotalPerHour, plan.Cost.Currency));
        text.WriteLine();
        try
        {
            var report = await engine.RunAsync(prepared.Bindings, nodes, plan, unfinished, options, progress, draining.Token, signals.Abort).ConfigureAwait(false);
            RunLog.Completed(logger, program.Workflow.Name, report.Elapsed.TotalSeconds);
            return report;
        }
        finally
        {
            progress.Finish();
        }
    }

    private async Task<int> FinishAsync(RunSummary summary, RunTruth truth, Prepared prepared, bool json, TextWriter text, CancellationToken abort)
    {
        var files = ImmutableArray.CreateBuilder<RunFile>();
        var figures = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        Exception? failure = null;
        try
        {
            summary = summary with { Accuracy = truth.Measure(summary.Report, summary.WasStopped) };
        }
        catch (TruthException misfit)
        {
            failure = misfit;
        }

        if (!program.Completed.IsEmpty)
        {
            terminal.Error.WriteLine($"Completing: the program works on the results for '{summary.OutputFolder}'.");
        }

        foreach (var completed in program.Completed)
        {
            try
            {
                var addition = await completed(summary, services, abort).ConfigureAwait(false);
                files.AddRange(addition.Files);
                figures.AddRange(addition.Figures);
            }
            catch (Exception cause) when (!abort.IsCancellationRequested)
            {
                // The figures of the run are told all the same; then this is.
                failure ??= cause;
            }
        }

        var all = new RunAddition { Files = files.ToImmutable(), Figures = figures.ToImmutable() };
        SummaryText.Write(summary, prepared, all, program.ElementsWord, text);
        if (json)
        {
            await terminal.Output.WriteLineAsync(RunJson.Write(summary, prepared, all, program.ElementsWord)).ConfigureAwait(false);
        }

        if (failure is not null)
        {
            throw new RunException($"The run is done, but what follows it failed: {failure.Message}", inner: failure);
        }

        var trouble = string.Join(' ', RunTrouble.Of(summary, program.ElementsWord));
        if (trouble.Length > 0)
        {
            throw new RunException(trouble);
        }

        state.Enter(PhaseKind.Completed, "Done.");
        return ExitCodes.Ok;
    }
}
