using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Configuration;

/// <summary>Reads <c>jellybean.node</c>: the command line goes over the environment, which goes over files.</summary>
internal sealed class NodeReader(SectionReader keys, NodeRequest request, Func<string, string?> environment, ICollection<string> errors)
{
    private const string Coordinator = "coordinator";
    private const string Planner = "planner";

    public NodeConfiguration Read(IReadOnlyList<Tier> tiers)
    {
        var name = One("name", request.Name);
        var roles = Several("roles", request.Roles);
        var served = roles.Where(r => r is not (Coordinator or Planner)).Distinct().Select(r => new Tier(r)).ToImmutableArray();
        string[] allowed = [.. tiers.Select(t => t.Name), Coordinator, Planner];
        foreach (var unknown in tiers.Count > 0 ? served.Except(tiers) : [])
        {
            errors.Add($"The node has the role '{unknown}'; allowed: {string.Join(", ", allowed)}.{Spelling.DidYouMean(unknown.Name, allowed)}");
        }

        var configuration = new NodeConfiguration
        {
            Name = name is null ? null : new WorkerId(name),
            Tiers = served,
            IsCoordinator = roles.Contains(Coordinator),
            IsPlanner = roles.Contains(Planner),
            IsBeside = request.IsBeside | (keys.Flag("beside") ?? false),
            Type = One("type", request.Type) is { } type ? new WorkerTypeId(type) : null,
            Join = [.. Several("join", request.Join).Select(j => Address("join", j)).OfType<NodeAddress>()],
            Listen = One("listen", request.Listen) is { } listen ? Address("listen", listen) : null,
            Advertise = One("advertise", request.Advertise),
            Coordinators = keys.Integer("coordinators", 1, 7) ?? 1,
            DataFolder = One("data", request.Data),
            AllowsPlaintext = request.AllowsPlaintext | (keys.Flag("allow-plaintext") ?? false),
            Certificates = Certificates(name),
        };
        keys.RejectUnknown();
        return configuration;
    }

    // The folder that the command 'certificates' fills, or files one by one.
    private CertificateFiles? Certificates(string? name)
    {
        var folder = One("certificates", request.Certificates);
        var certificate = One("certificate", null);
        var key = One("key", null);
        var authority = One("authority", null);
        var password = One("password", null);
        if (folder is not null && certificate is null)
        {
            return new CertificateFiles(Path.Combine(folder, $"{name ?? "client"}.pem"), null, authority ?? Path.Combine(folder, "ca.pem"), password);
        }

        if ((certificate is null) != (authority is null))
        {
            errors.Add($"{keys.Path} has {(certificate is null ? "an authority but no certificate" : "a certificate but no authority")}; allowed: both, or the folder 'certificates'.");
        }

        return certificate is not null && authority is not null ? new CertificateFiles(certificate, key, authority, password) : null;
    }

    private NodeAddress? Address(string key, string text)
    {
        if (NodeAddress.TryParse(text, out var address))
        {
            return address;
        }

        errors.Add($"{keys.Path}.{key} is '{text}'; allowed: HOST:PORT, as in 10.0.0.7:4711, and [ADDRESS]:PORT for IPv6.");
        return null;
    }

    // Read even where something goes over it: a key counts as known only once it was read.
    private string? One(string key, string? asked)
    {
        var written = keys.Text(key);
        return asked ?? environment(Variable(key)) ?? written;
    }

    private ImmutableArray<string> Several(string key, ImmutableArray<string> asked)
    {
        var written = keys.IsText(key) ? Split(keys.Text(key)) : keys.Texts(key);
        return [.. asked.Length > 0 ? asked.SelectMany(Split) : environment(Variable(key)) is { } variable ? Split(variable) : written];
    }

    private static IReadOnlyList<string> Split(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string Variable(string key) => $"JELLYBEAN_NODE_{key.ToUpperInvariant().Replace('-', '_')}";
}
