using System.Collections.Immutable;
using System.CommandLine;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JellyBean.Hosting.CommandLine;

/// <summary>The program's commands and options.</summary>
internal sealed class CommandTree(ProgramDefinition program, IServiceProvider services, Terminal terminal, Verbosity verbosity, RunState state)
{
    private const string ExitCodeHelp =
        "Exit codes: 0 done (also drained by Ctrl-C), 1 failed, 2 input or configuration cannot be used, 3 no plan fits, 130 stopped at once by a second Ctrl-C.";

    private readonly Option<string> _verbosity = CommonOptions.Choice("--verbosity", "How much is logged to standard error; debug also shows where errors come from.", "normal", "quiet", "detailed", "debug");

    private readonly CommandErrors _errors = new((request, errors) => services.GetRequiredService<Preparation>().Configure(request, errors));

    /// <summary>Does what the arguments ask, and says on standard error what is wrong.</summary>
    public async Task<int> InvokeAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        using var signals = new StopSignals(cancellationToken);
        return await InvokeAsync(args, signals).ConfigureAwait(false);
    }

    internal async Task<int> InvokeAsync(IReadOnlyList<string> args, StopSignals signals)
    {
        var parsed = Build(signals).Parse(args);
        if (_errors.Of(parsed).ToList() is { Count: > 0 } errors)
        {
            foreach (var error in errors)
            {
                terminal.Error.WriteLine($"error: {error}");
            }

            terminal.Error.WriteLine("See --help.");
            return ExitCodes.BadInput;
        }

        verbosity.Least = LevelOf(parsed.GetValue(_verbosity)!);
        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Drain.IsCancellationRequested)
        {
            state.Enter(PhaseKind.Failed, "Interrupted.");
            terminal.Error.WriteLine(state.IfStopped);
            return ExitCodes.Interrupted;
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            state.Enter(PhaseKind.Failed, cause.Message);
            Tell(cause);
            return Failure.CodeOf(cause);
        }
    }

    internal static LogLevel LevelOf(string verbosity) => verbosity switch
    {
        "quiet" => LogLevel.Error,
        "detailed" => LogLevel.Information,
        "debug" => LogLevel.Debug,
        _ => LogLevel.Warning,
    };

    private void Tell(Exception cause)
    {
        foreach (var message in Failure.MessagesOf(cause))
        {
            terminal.Error.WriteLine($"error: {message}");
        }

        if (verbosity.ShowsStacks)
        {
            terminal.Error.WriteLine(cause);
        }
    }

    private RootCommand Build(StopSignals signals)
    {
        _verbosity.Recursive = true;
        var root = new RootCommand($"Plans and runs the workflow '{program.Workflow.Name}'. {ExitCodeHelp}") { Run(signals), Plan(signals), Profile(signals), Models(signals) };
        foreach (var command in new ClusterCommands(program, services, _errors).Build(signals))
        {
            root.Subcommands.Add(command);
        }

        root.Options.Add(_verbosity);
        return root;
    }

    private Command Run(StopSignals signals)
    {
        var command = new Command("run", "Plans the workflow, runs it to the end of its sources and tells what it did. Ctrl-C drains, twice aborts.");
        var common = new CommonOptions(program);
        var output = CommonOptions.One("--output", "DIR", "The folder for what the run writes; 'output' unless configured.");
        var json = new Option<bool>("--json") { Description = "Ends with one line of JSON, alone on standard output; the rest goes to standard error." };
        var format = CommonOptions.Choice("--format", "How the run is told; json is the same as --json.", "text", "json");
        var truth = TruthOption();
        var pace = CommonOptions.Pace();
        var resume = new Option<bool>("--resume") { Description = "Goes on with the run in the output folder that was cut off, from its last snapshot; begins anew where there is none." };
        var detach = new Option<bool>("--detach") { Description = "With --join: returns once the cluster runs the workflow." };
        var node = new NodeOptions(isNode: false);
        var own = program.Options.Select(o => (o.Name, Option: CommonOptions.Several(o.Name, o.Value, o.Help))).ToList();
        common.AddTo(command);
        node.AddTo(command);
        command.Options.Add(detach);
        command.Options.Add(output);
        command.Options.Add(json);
        command.Options.Add(format);
        command.Options.Add(truth);
        command.Options.Add(pace);
        command.Options.Add(resume);
        foreach (var (_, option) in own)
        {
            command.Options.Add(option);
        }

        (Option Option, string Instead)[] here =
        [
            (pace, "the nodes read the sources: give it to them"), (truth, "accuracy is measured where one process runs everything: leave --join out"), (resume, "a cluster goes on by itself where it was: leave it out"),
        ];
        command.Validators.Add(parsed =>
        {
            foreach (var (option, instead) in here.Where(o => node.Joins(parsed) && parsed.GetResult(o.Option) is { Implicit: false }))
            {
                parsed.AddError($"{option.Name} cannot be given together with --join: {instead}.");
            }

            if (parsed.GetValue(detach) && !node.Joins(parsed))
            {
                parsed.AddError("--detach needs --join: a run of this process ends with it.");
            }
        });
        _errors.Configures(command, parsed => common.ReadConfiguration(parsed) with { Node = node.Read(parsed), NeedsSources = !node.Joins(parsed) });
        command.SetAction((parsed, _) =>
        {
            var isJson = parsed.GetValue(json) || parsed.GetValue(format) == "json";
            var preparation = common.Read(parsed, parsed.GetValue(output)) with { IsPaced = parsed.GetValue(pace) };
            return node.Joins(parsed)
                ? services.GetRequiredService<ClusterCommand>().RunAsync(preparation.Configuration with { Node = node.Read(parsed), NeedsSources = false }, parsed.GetValue(detach), isJson, signals)
                : services.GetRequiredService<RunCommand>().RunAsync(Here(parsed, preparation, isJson), signals);
        });
        return command;

        RunRequest Here(ParseResult parsed, PreparationRequest preparation, bool isJson) => new()
        {
            Preparation = preparation,
            Resume = parsed.GetValue(resume),
            Json = isJson,
            Truths = [.. parsed.GetValue(truth) ?? []],
            Options = own.Select(o => (o.Name, Given: parsed.GetValue(o.Option) ?? [])).Where(o => o.Given.Length > 0)
                .ToImmutableSortedDictionary(o => o.Name.TrimStart('-'), o => o.Given.ToImmutableArray()),
        };
    }

    private static Option<string[]> TruthOption() => CommonOptions.Several("--truth", "[OUTPUT=]FILE", "What is true of the sources: measures accuracy.");

    private Command Plan(StopSignals signals)
    {
        var command = new Command("plan", "Shows what would run where, what it costs, and what it would cost on one tier.");
        var options = new PlanOptions(program);
        options.AddTo(command);
        _errors.Configures(command, options.ReadConfiguration);
        command.SetAction((parsed, _) => options.Read(parsed) is var request && request.Front
            ? services.GetRequiredService<FrontCommand>().RunAsync(request.Preparation, request.Plot, request.Format == PlanFormat.Json, signals.Drain)
            : services.GetRequiredService<PlanCommand>().RunAsync(request, signals.Drain));
        return command;
    }

    private Command Profile(StopSignals signals)
    {
        var command = new Command("profile", "Measures the workflow on this machine: times, memory, sizes. With --truth or --reference, what each combination of variants is worth.");
        var common = new CommonOptions(program);
        var truth = TruthOption();
        var reference = CommonOptions.One("--reference", "best|OPERATOR=VARIANT,…", "Measures agreement with a combination of variants, where no truth exists. Agreement is no accuracy.");
        var only = CommonOptions.Several("--only", "OPERATOR=VARIANT", "Keeps to these variants of an operator; repeatable.");
        var file = CommonOptions.One("--file", "FILE", "Also writes what was measured to a file; accuracies are added to those that it has.");
        var seconds = new Option<double?>("--seconds") { Description = "How long the models together may be measured.", HelpName = "X" };
        common.AddTo(command);
        Option[] options = [truth, reference, only, file, seconds];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        _errors.Configures(command, common.ReadConfiguration);
        command.SetAction((parsed, _) => services.GetRequiredService<ProfileCommand>().RunAsync(
            new ProfileRequest
            {
                Preparation = common.Read(parsed),
                Truths = [.. parsed.GetValue(truth) ?? []],
                Reference = parsed.GetValue(reference),
                Only = [.. parsed.GetValue(only) ?? []],
                File = parsed.GetValue(file),
                Budget = parsed.GetValue(seconds) is { } s ? TimeSpan.FromSeconds(Math.Clamp(s, 1, 86_400)) : null,
                Command = string.Join(' ', parsed.Tokens.Select(t => t.Value)),
            },
            signals.Drain));
        return command;
    }

    private Command Models(StopSignals signals)
    {
        var restore = new Command("restore", "Brings missing or corrupt model files.");
        restore.SetAction((_, _) => services.GetRequiredService<ModelsCommand>().RestoreAsync(signals.Drain));
        var list = new Command("list", "Lists the model files, their licences and origins.");
        list.SetAction((_, _) => services.GetRequiredService<ModelsCommand>().ListAsync(signals.Drain));
        var verify = new Command("verify", "Checks the model files against their recorded hashes.");
        verify.SetAction((_, _) => services.GetRequiredService<ModelsCommand>().VerifyAsync(signals.Drain));
        return new Command("models", "Brings, lists and checks model files.") { restore, list, verify };
    }
}
