using System.CommandLine;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Commands;
using JellyBean.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.CommandLine;

/// <summary>The commands for more than one process: <c>node</c>, <c>certificates</c>, and what people command a cluster with.</summary>
internal sealed class ClusterCommands(ProgramDefinition program, IServiceProvider services, CommandErrors errors)
{
    public IEnumerable<Command> Build(StopSignals signals) =>
    [
        Node(signals), Workflows(signals), Start(signals), Stop(signals), Status(signals), History(signals), Certificates(),
        Changing("replan", "Plans anew with the nodes that are there, and puts the plan in force if it differs.", [], (control, _, options) => control.ReplanAsync(options, signals.Drain)),
        Changing("pin", "Keeps an operator on a tier from now on.", [Operator, ("tier", "A tier of the catalogue.")], (control, names, options) => control.PinAsync(new OperatorId(names[0]), new Tier(names[1]), options, signals.Drain)),
        Changing("unpin", "Lets the planner choose again where an operator runs.", [Operator], (control, names, options) => control.UnpinAsync(new OperatorId(names[0]), options, signals.Drain)),
        Changing("swap", "Lets an operator ask one variant of its model from now on; 'any' lets the planner choose again.", [Operator, ("variant", "A variant of the operator's model, or any.")], (control, names, options) => control.SwapAsync(new OperatorId(names[0]), names[1], options, signals.Drain)),
        Changing("drain", "Takes everything away from a node and gives it nothing more: it may then be ended without harm.", [Named], (control, names, options) => control.DrainAsync(new WorkerId(names[0]), options, signals.Drain)),
        Changing("pause", "Reads a source no more until it is resumed; what it had given is processed.", [Source], (control, names, options) => control.PauseAsync(new SourceId(names[0]), options, signals.Drain)),
        Changing("resume", "Reads a source again that was paused.", [Source], (control, names, options) => control.ResumeAsync(new SourceId(names[0]), options, signals.Drain)),
        Adding(signals),
        Changing("remove", "Takes a source out of the run while the others flow; what it had given is processed.", [Source], (control, names, options) => control.RemoveAsync(new SourceId(names[0]), options, signals.Drain)),
        Upgrading(signals),
        Changing("return", "Lets plans use a drained node again.", [Named], (control, names, options) => control.ReturnAsync(new WorkerId(names[0]), options, signals.Drain)),
    ];

    private const string AsJoining = "jellybean.cluster.join-deadline";

    private static (string Name, string Help) Operator => ("operator", "An operator of the workflow.");

    private static (string Name, string Help) Named => ("node", "A node of the cluster.");

    private static (string Name, string Help) Source => ("source", "A source, as in cameras/gate; its name alone where only one has it.");

    // Names of workflows may have blanks; an option of its own leaves no doubt where other names follow.
    private static Option<string?> About() => CommonOptions.One("--workflow", "NAME[@FINGERPRINT]", "Another workflow of the cluster than this program's; 'workflows' lists them.");

    private Command Node(StopSignals signals)
    {
        var command = new Command("node", "Serves as a node of a cluster, until Ctrl-C or SIGTERM: then what it runs moves to other nodes that can take it, and it leaves. Twice ends at once.");
        var common = new CommonOptions(program);
        var node = new NodeOptions(isNode: true);
        var output = CommonOptions.One("--output", "DIR", "The folder for what sinks write; 'output' unless configured.");
        var pace = CommonOptions.Pace();
        node.AddTo(command);
        common.AddTo(command);
        command.Options.Add(output);
        command.Options.Add(pace);
        errors.Configures(command, parsed => common.ReadConfiguration(parsed) with { Node = node.Read(parsed) });
        command.SetAction((parsed, _) =>
        {
            var request = common.Read(parsed, parsed.GetValue(output));
            return services.GetRequiredService<NodeCommand>().RunAsync(
                request with { IsPaced = parsed.GetValue(pace), Configuration = request.Configuration with { Node = node.Read(parsed) } }, signals);
        });
        return command;
    }

    private Command Status(StopSignals signals)
    {
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var command = Asking("status", "Shows the nodes that a workflow has in a cluster, what they run, and how far it is.", out var read);
        var about = About();
        var deadline = Deadline(AsJoining);
        command.Options.Add(about);
        command.Options.Add(json);
        command.Options.Add(deadline);
        command.SetAction((parsed, _) => services.GetRequiredService<ClusterCommand>().StatusAsync(read(parsed), parsed.GetValue(about), DeadlineOf(parsed, deadline), parsed.GetValue(json), signals.Drain));
        return command;
    }

    private Command Workflows(StopSignals signals)
    {
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var command = Asking("workflows", "Lists the workflows that nodes of a cluster have built, and what becomes of them.", out var read);
        var deadline = Deadline(AsJoining);
        command.Options.Add(json);
        command.Options.Add(deadline);
        command.SetAction((parsed, _) => services.GetRequiredService<ClusterCommand>().WorkflowsAsync(read(parsed), DeadlineOf(parsed, deadline), parsed.GetValue(json), signals.Drain));
        return command;
    }

    private Command Start(StopSignals signals)
    {
        var command = Asking("start", "Lets a cluster run a workflow, beside the others that it runs, and returns once its plan is in force.", out var read);
        var workflow = Whole(command);
        var deadline = Deadline();
        command.Options.Add(deadline);
        command.SetAction((parsed, _) => services.GetRequiredService<ClusterCommand>().StartAsync(read(parsed), parsed.GetValue(workflow), DeadlineOf(parsed, deadline) ?? new CommandOptions().Deadline, signals.Drain));
        return command;
    }

    private Command Stop(StopSignals signals)
    {
        var command = Asking("stop", "Ends a workflow that a cluster runs: its sources stop, what was admitted is processed. The nodes and the other workflows stay.", out var read);
        var workflow = Whole(command);
        var deadline = new Option<double?>("--deadline") { Description = $"Seconds in which nothing is heard of it until it is no longer waited for; {AsJoining} unless given.", HelpName = "SECONDS" };
        command.Options.Add(deadline);
        command.SetAction((parsed, _) => services.GetRequiredService<ClusterCommand>().StopAsync(read(parsed), parsed.GetValue(workflow), DeadlineOf(parsed, deadline), signals.Drain));
        return command;
    }

    private static Argument<string?> Whole(Command command)
    {
        var workflow = new Argument<string?>("workflow") { Description = "NAME or NAME@FINGERPRINT; this program's unless given. 'workflows' lists them.", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(workflow);
        return workflow;
    }

    private static Option<double?> Deadline(string otherwise = "120") => new("--deadline") { Description = $"Seconds until it is no longer waited for; {otherwise} unless given.", HelpName = "SECONDS" };

    private static TimeSpan? DeadlineOf(ParseResult parsed, Option<double?> deadline) => parsed.GetValue(deadline) is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0.1, 86_400)) : null;

    private Command History(StopSignals signals)
    {
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var command = Asking("history", "Shows why plans changed: what led to it, what it cost, how long each step took.", out var read);
        var about = About();
        var deadline = Deadline(AsJoining);
        command.Options.Add(about);
        command.Options.Add(json);
        command.Options.Add(deadline);
        command.SetAction((parsed, _) => services.GetRequiredService<ClusterCommand>().HistoryAsync(read(parsed), parsed.GetValue(about), DeadlineOf(parsed, deadline), parsed.GetValue(json), signals.Drain));
        return command;
    }

    private Command Adding(StopSignals signals)
    {
        var keys = new Argument<string[]>("keys") { Description = "What its configuration would say, as in uri=rtsp://host/path rate=10 node=edge-1; nothing for a configured one that was removed.", Arity = ArgumentArity.ZeroOrMore };
        keys.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(t => t.Value).Where(t => t.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                // It may hold what nobody is to see.
                result.AddError($"A key of {text.Length} characters has no value; allowed: KEY=VALUE, as in uri=rtsp://host/path.");
            }
        });
        return Changing(
            "add",
            "Adds a source to an input while the others flow.",
            [("source", "Its input and name, as in cameras/yard; the name alone where there is one input.")],
            (control, names, options, parsed) => control.AddAsync(new SourceId(names[0]), Settings(parsed.GetValue(keys) ?? []), options, signals.Drain),
            keys);
    }

    private Command Upgrading(StopSignals signals)
    {
        var from = new Argument<string?>("from") { Description = "The version whose place it takes, NAME@FINGERPRINT; the only other one that runs unless given. 'workflows' lists them.", Arity = ArgumentArity.ZeroOrOne };
        return Changing(
            "upgrade",
            "Lets this program's version of the workflow take the place of another one that runs beside it: it takes the sources one by one, and the other one ends. Asked of the former one, it goes back.",
            [],
            (control, _, options, parsed) => control.UpgradeAsync(parsed.GetValue(from), options, signals.Drain),
            from);
    }

    private static Dictionary<string, string> Settings(IEnumerable<string> keys)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (var text in keys)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            settings[text[..equals]] = text[(equals + 1)..];
        }

        return settings;
    }

    private Command Changing(string name, string description, (string Name, string Help)[] arguments, Func<IWorkflowControl, string[], CommandOptions, Task<CommandOutcome>> act) =>
        Changing(name, description, arguments, (control, names, options, _) => act(control, names, options));

    private Command Changing(
        string name, string description, (string Name, string Help)[] arguments, Func<IWorkflowControl, string[], CommandOptions, ParseResult, Task<CommandOutcome>> act, Argument? last = null)
    {
        var command = Asking(name, $"{description} Ctrl-C gives up waiting; what has begun goes on.", out var read);
        var names = arguments.Select(a => new Argument<string>(a.Name) { Description = a.Help }).ToList();
        var dry = new Option<bool>("--dry-run") { Description = "Only plans, and says what would change." };
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var deadline = Deadline();
        var about = About();
        command.Options.Add(about);
        names.ForEach(command.Arguments.Add);
        if (last is not null)
        {
            command.Arguments.Add(last);
        }

        command.Options.Add(dry);
        command.Options.Add(json);
        command.Options.Add(deadline);
        command.SetAction((parsed, _) =>
        {
            var options = new CommandOptions { IsDryRun = parsed.GetValue(dry) };
            options = DeadlineOf(parsed, deadline) is { } patience ? options with { Deadline = patience } : options;
            return services.GetRequiredService<ClusterCommand>().CommandAsync(read(parsed), parsed.GetValue(about), control => act(control, [.. names.Select(n => parsed.GetValue(n)!)], options, parsed), parsed.GetValue(json));
        });
        return command;
    }

    private Command Certificates()
    {
        var command = new Command("certificates", "Makes an authority of one's own, once, and a certificate for each node named.");
        var names = new Argument<string[]>("names") { Description = "Names of nodes; 'client' for programs that ask a cluster something.", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string>("--out") { Description = "The folder.", HelpName = "DIR", DefaultValueFactory = _ => "certificates" };
        var hosts = CommonOptions.Several("--host", "HOST", "A name or address by which these nodes are reached; repeatable. 127.0.0.1 and localhost unless given.");
        command.Arguments.Add(names);
        command.Options.Add(folder);
        command.Options.Add(hosts);
        command.SetAction(parsed => services.GetRequiredService<CertificatesCommand>().Run(
            parsed.GetValue(folder)!, parsed.GetValue(names)!, parsed.GetValue(hosts) is { Length: > 0 } given ? given : ["127.0.0.1", "localhost"]));
        return command;
    }

    private Command Asking(string name, string description, out Func<ParseResult, ConfigurationRequest> read)
    {
        var command = new Command(name, description);
        var common = new CommonOptions(program);
        var node = new NodeOptions(isNode: false);
        node.AddTo(command);
        common.AddConfigurationTo(command);
        read = parsed => common.ReadConfiguration(parsed) with { Node = node.Read(parsed), NeedsSources = false };
        errors.Configures(command, read);
        return command;
    }
}
