using JellyBean.EndToEnd.Tests.Networks;
using JellyBean.Runtime.Security;

namespace JellyBean.EndToEnd.Tests;

/// <summary>The processes of one cluster and what asks it, on loopback or each on a host of its own. All end with it, and their folder goes.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly List<NodeProcess> _processes = [];
    private readonly CancellationTokenSource _deadline;
    private readonly HostNetwork? _network;
    private readonly string _cache;
    private readonly bool _isSecure;
    private readonly Dictionary<string, IReadOnlyList<string>> _launchers = [];

    /// <param name="deadline">For all waiting together.</param>
    /// <param name="network">Where each process gets a host of its own, named as it is, and a certificate; null for loopback and plaintext. Not disposed here.</param>
    /// <param name="cache">Where models and profiles are; null for a folder of its own.</param>
    /// <param name="isSecure">Whether nodes prove themselves to each other on loopback, too.</param>
    public ProcessCluster(TimeSpan deadline, HostNetwork? network = null, string? cache = null, bool isSecure = false)
    {
        _isSecure = isSecure || network is not null;
        _deadline = new CancellationTokenSource(deadline);
        _network = network;
        _cache = cache ?? Path.Combine(Folder, "cache");
    }

    public CancellationToken Deadline => _deadline.Token;

    public string Folder { get; } = Directory.CreateTempSubdirectory("jellybean-cluster-").FullName;

    /// <summary>What every process has said, for messages of tests that fail.</summary>
    public string Everything => string.Join("\n", _processes.Select(p => $"== {p.Name}\n{p.Output}"));

    /// <summary>The process that was started last by this name.</summary>
    public NodeProcess this[string name] => _processes.Last(p => p.Name == name);

    /// <summary>Starts a program. A node's host and certificate are called as it is; whoever asks a cluster something is the client.</summary>
    /// <param name="program">Of the examples.</param>
    /// <param name="name">Of the process.</param>
    /// <param name="arguments">The first is the command.</param>
    public NodeProcess Start(string program, string name, params IReadOnlyList<string> arguments)
    {
        var host = arguments[0] == "node" ? name : "client";
        var address = _network?.AddressOf(host) ?? "127.0.0.1";
        string[] proof = _isSecure ? ["--certificates", Certify(host, address)] : [];
        string[] place = arguments.Contains("--listen") ? [] : ["--listen", $"{address}:0"];
        var process = NodeProcess.Start([.. _network?.On(host) ?? [], .. _launchers.GetValueOrDefault(name, [])], program, name, _cache, [.. arguments, .. proof, .. place]);
        _processes.Add(process);
        return process;
    }

    /// <summary>Puts the processes of a name behind a command that becomes them.</summary>
    public void PutBehind(string name, IReadOnlyList<string> launcher) => _launchers[name] = launcher;

    /// <summary>Waits until a node listens.</summary>
    /// <returns>Where.</returns>
    public Task<string> ListensAsync(string name) => this[name].SaysAsync(@"listens at (\S+?)( and|\.$)", Deadline);

    /// <summary>Waits until these nodes have joined.</summary>
    public async Task JoinedAsync(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            await this[name].SaysAsync("has joined", Deadline);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _deadline.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string Certify(string name, string address)
    {
        var folder = Path.Combine(Folder, "certificates");
        using var authority = LocalAuthority.OpenOrCreate(folder);
        if (!File.Exists(Path.Combine(folder, $"{name}.pem")))
        {
            authority.Issue(name, [address]);
        }

        return folder;
    }
}
