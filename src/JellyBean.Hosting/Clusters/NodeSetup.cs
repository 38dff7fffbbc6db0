using System.Security.Cryptography;
using JellyBean.Hosting.Configuration;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Security;
using JellyBean.Workflows;
using JellyBean.Workflows.Models;

namespace JellyBean.Hosting.Clusters;

/// <summary>Says what this process is as a node, and how it listens and joins.</summary>
internal static class NodeSetup
{
    /// <param name="configuration">Everything that is configured.</param>
    /// <param name="probes">Find accelerators.</param>
    /// <param name="profile">Tells apart what was measured here; null where nothing was.</param>
    /// <exception cref="BadInputException">Name, role or type do not fit the catalogue.</exception>
    public static NodeDescription Describe(HostConfiguration configuration, IEnumerable<IDeviceProbe> probes, string? profile)
    {
        var node = configuration.Node;
        if (node.Name is not { } name)
        {
            throw new BadInputException("The node has no name. Give it one with --name, JELLYBEAN_NODE_NAME or jellybean.node.name.");
        }

        var description = new NodeDescription { Worker = name, Tier = null, Cores = Environment.ProcessorCount, MemoryBytes = MemoryOfThisMachine, IsCoordinator = node.IsCoordinator, IsPlanner = node.IsPlanner };
        if (node.Tiers.IsEmpty)
        {
            return description;
        }

        var type = TypeOf(configuration.Catalogue, node, name);
        return description with
        {
            Type = type.Id,
            Tier = type.Tier,
            AlsoServes = [.. node.Tiers.Where(t => t != type.Tier)],

            // The catalogue says what may be used of a machine, the machine what there is.
            Cores = Math.Min(type.Cores, Environment.ProcessorCount),
            MemoryBytes = Math.Min(type.MemoryBytes, MemoryOfThisMachine),
            Speed = type.IsEmulated ? Math.Min(1, type.SpeedFactor) : 1,
            Accelerators = probes.SelectMany(p => p.Probe()).Count(d => d.Kind != DeviceKind.Cpu),
            ProfileFingerprint = profile,
        };
    }

    /// <summary>How it listens and joins. The journal and the certificates belong to the caller until a node takes them.</summary>
    /// <exception cref="BadInputException">Certificates cannot be read.</exception>
    public static ClusterNodeOptions Options(HostConfiguration configuration, NodeCertificates? certificates, string fingerprint)
    {
        var node = configuration.Node;
        var defaults = new ClusterNodeOptions();
        return defaults with
        {
            Listen = node.Listen ?? defaults.Listen,
            AdvertisedHost = node.Advertise,
            Join = node.Join,
            Coordinators = node.Coordinators,
            IsBeside = node.IsBeside,
            Certificates = certificates,
            AllowsPlaintext = node.AllowsPlaintext,
            Links = configuration.Links,
            Patience = configuration.Cluster with { Snapshots = Snapshots(configuration, fingerprint) },
        };
    }

    /// <exception cref="BadInputException">Certificates cannot be read.</exception>
    public static NodeCertificates? Certificates(NodeConfiguration node)
    {
        try
        {
            return node.Certificates is { } files ? NodeCertificates.Load(files.Certificate, files.Key, files.Authority, files.Password) : null;
        }
        catch (CryptographicException cause)
        {
            throw new BadInputException(cause.Message);
        }
    }

    // Nodes on one computer have folders of their own, too, unless they were given one to share; programs share none.
    private static SnapshotOptions? Snapshots(HostConfiguration configuration, string fingerprint) => Own(configuration) is { } options && configuration.Node.IsBeside
        ? options with { Folder = $"{options.Folder}-{fingerprint}" }
        : Own(configuration);

    private static SnapshotOptions? Own(HostConfiguration configuration) => configuration switch
    {
        { Snapshots: { } options, HasSnapshotFolder: false, Node: { Name: { } name } node } =>
            options with { Folder = Path.Combine(node.DataFolder ?? configuration.OutputFolder, "snapshots", name.Value) },
        _ => configuration.Snapshots,
    };

    private static long MemoryOfThisMachine => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static WorkerType TypeOf(InfrastructureCatalogue catalogue, NodeConfiguration node, WorkerId name)
    {
        var roles = string.Join(", ", node.Tiers);
        var ofTiers = catalogue.WorkerTypes.Where(t => node.Tiers.Contains(t.Tier)).ToList();
        var known = catalogue.Workers.FirstOrDefault(w => w.Id == name);
        var wanted = node.Type ?? known?.Type;
        var type = wanted is null ? ofTiers is [var only] ? only : null : catalogue.WorkerTypes.FirstOrDefault(t => t.Id == wanted);
        if (type is null)
        {
            throw new BadInputException(wanted is null
                ? $"Node '{name}' is no worker of catalogue '{catalogue.Name}', and in {roles} there are {ofTiers.Count} types of machines: {string.Join(", ", ofTiers.Select(t => t.Id))}. Say which with --type, or name the node as one of the workers {string.Join(", ", catalogue.Workers.Select(w => w.Id))}."
                : $"Node '{name}' is of type '{wanted}', which catalogue '{catalogue.Name}' does not have; allowed: {string.Join(", ", catalogue.WorkerTypes.Select(t => t.Id))}.{Spelling.DidYouMean(wanted.Value.Value, catalogue.WorkerTypes.Select(t => t.Id.Value))}");
        }

        return node.Tiers.Contains(type.Tier)
            ? type
            : throw new BadInputException($"Node '{name}' has the role '{roles}', but machines of type '{type.Id}' stand in tier '{type.Tier}'. Give it that role, too, or another type.");
    }
}
