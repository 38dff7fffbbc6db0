using System.Collections.Immutable;
using JellyBean.Hosting.Commands;
using JellyBean.Runtime;

namespace JellyBean.Hosting.Clusters;

/// <summary>What a node that this one starts must be told to serve the same workflow: everything but its role and name.</summary>
internal static class NodeArguments
{
    /// <param name="request">What this node was told.</param>
    /// <param name="program">Its options for sources.</param>
    /// <param name="outputFolder">Where sinks write.</param>
    /// <param name="node">Where this node is: whom to join.</param>
    public static ImmutableArray<string> Of(PreparationRequest request, ProgramDefinition program, string outputFolder, NodeAddress node)
    {
        var configuration = request.Configuration;
        var arguments = ImmutableArray.CreateBuilder<string>();
        Add("--join", node.ToString());
        Add("--listen", new NodeAddress(node.Host, 0).ToString());
        Add("--output", outputFolder);
        Add("--config", [.. configuration.Files]);
        Add("--set", [.. configuration.Sets]);
        Add("--rate", [.. configuration.Rates]);
        Add("--catalogue", configuration.Catalogue);
        Add("--accuracy", configuration.Accuracy);
        Add("--profile", configuration.Profile);
        Add("--certificates", configuration.Node.Certificates);
        foreach (var (input, sources) in configuration.Sources)
        {
            Add(program.Inputs[input].Option!, [.. sources]);
        }

        if (request.IsPaced)
        {
            arguments.Add("--pace");
        }

        if (configuration.Node.AllowsPlaintext)
        {
            arguments.Add("--allow-plaintext");
        }

        return arguments.ToImmutable();

        void Add(string name, params string?[] values)
        {
            foreach (var value in values.OfType<string>())
            {
                arguments.Add(name);
                arguments.Add(value);
            }
        }
    }
}
