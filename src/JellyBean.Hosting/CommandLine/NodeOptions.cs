using System.CommandLine;
using System.CommandLine.Parsing;
using JellyBean.Hosting.Configuration;

namespace JellyBean.Hosting.CommandLine;

/// <summary>The options of programs that are nodes, and of those that ask a cluster something.</summary>
internal sealed class NodeOptions(bool isNode)
{
    private readonly Option<string[]> _join = CommonOptions.Several("--join", "HOST:PORT,…", "Nodes of the cluster; repeatable. Where several may coordinate: the same list of all of them for each.");
    private readonly Option<string?> _listen = CommonOptions.One("--listen", "HOST:PORT", "Where it listens; 127.0.0.1 and any free port unless configured.");
    private readonly Option<string?> _certificates = CommonOptions.One("--certificates", "DIR", "The folder with ca.pem and NAME.pem, client.pem for programs that are no nodes; 'certificates' makes them.");
    private readonly Option<string?> _name = CommonOptions.One("--name", "NAME", "The worker of the catalogue that it serves as.");
    private readonly Option<string[]> _role = CommonOptions.Several("--role", "TIER|coordinator|planner", "The tiers that it serves, as in edge,hub, and whether it may coordinate, or plans for a coordinator of another program; repeatable. Its cores and memory are shared among them.");
    private readonly Option<string?> _type = CommonOptions.One("--type", "TYPE", "The kind of machine in the catalogue, where the name says too little.");
    private readonly Option<string?> _advertise = CommonOptions.One("--advertise", "HOST", "The host by which others reach it, where that is not the one it listens on.");
    private readonly Option<string?> _data = CommonOptions.One("--data", "DIR", "The folder for what a node that may coordinate remembers; forgotten with the process unless given.");
    private readonly Option<bool> _plaintext = new("--allow-plaintext") { Description = "Lets control and data leave this machine without certificates: anyone on the network may then read and command." };

    private readonly Option<bool> _beside = new("--beside") { Description = "Joins a cluster whose coordinator has built another workflow, or another version of this one; otherwise that refuses the node." };

    public void AddTo(Command command)
    {
        Option[] options = isNode ? [_role, _name, _join, _listen, _advertise, _type, _data, _beside, _certificates, _plaintext] : [_join, _listen, _certificates];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether a cluster is named.</summary>
    public bool Joins(SymbolResult parsed) => parsed.GetResult(_join) is { Tokens.Count: > 0 };

    /// <inheritdoc cref="Joins(SymbolResult)" />
    public bool Joins(ParseResult parsed) => Joins(parsed.CommandResult);

    public NodeRequest Read(ParseResult parsed)
    {
        var common = new NodeRequest { Join = CommonOptions.Given(parsed, _join), Listen = CommonOptions.One(parsed, _listen), Certificates = CommonOptions.One(parsed, _certificates) };
        return isNode
            ? common with
            {
                Name = CommonOptions.One(parsed, _name),
                Roles = CommonOptions.Given(parsed, _role),
                Type = CommonOptions.One(parsed, _type),
                Advertise = CommonOptions.One(parsed, _advertise),
                Data = CommonOptions.One(parsed, _data),
                AllowsPlaintext = parsed.GetValue(_plaintext),
                IsBeside = parsed.GetValue(_beside),
            }
            : common;
    }
}
