using System.CommandLine;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Commands;
using JellyBean.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.CommandLine;

/// <summary>The commands for more than one process: <c>node</c>, <c>status</c>, <c>stop</c>, <c>certificates</c>.</summary>
internal sealed class ClusterCommands(ProgramDefinition program, IServiceProvider services)
{
    public IEnumerable<Command> Build(StopSignals signals) => [Node(signals), Status(signals), Stop(signals), Certificates()];

    private Command Node(StopSignals signals)
    {
        var command = new Command("node", "Serves as a node of a cluster, until Ctrl-C or SIGTERM: then what it runs moves to other nodes, and it leaves. Twice ends at once.");
        var common = new CommonOptions(program);
        var node = new NodeOptions(isNode: true);
        var output = CommonOptions.One("--output", "DIR", "The folder for what sinks write; 'output' unless configured.");
        var pace = CommonOptions.Pace();
        node.AddTo(command);
        common.AddTo(command);
        command.Options.Add(output);
        command.Options.Add(pace);
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
        var command = Asking("status", "Shows the nodes of a cluster, what it runs, and how far it is.", out var read);
        command.Options.Add(json);
        command.SetAction((parsed, _) => services.GetRequiredService<ClusterCommand>().StatusAsync(read(parsed), parsed.GetValue(json), signals.Drain));
        return command;
    }

    private Command Stop(StopSignals signals)
    {
        var command = Asking("stop", "Ends what a cluster runs: sources stop, what was admitted is processed. The nodes stay.", out var read);
        command.SetAction((parsed, _) => services.GetRequiredService<ClusterCommand>().StopAsync(read(parsed), signals.Drain));
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
        read = parsed => common.Read(parsed).Configuration with { Node = node.Read(parsed) };
        return command;
    }
}
