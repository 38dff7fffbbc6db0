using System.Text.RegularExpressions;
using JellyBean.EndToEnd.Tests.Networks;
using JellyBean.Runtime.Security;
using Microsoft.Data.Sqlite;

namespace JellyBean.EndToEnd.Tests;

/// <summary>A cluster of processes on this computer that finds alarms in readings of machines.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-site-").FullName;
    private readonly List<NodeProcess> _processes = [];
    private readonly CancellationTokenSource _deadline;
    private readonly string _readings;
    private readonly HostNetwork? _network;

    /// <param name="deadline">For the whole test, measuring included.</param>
    /// <param name="repeats">How many times the readings come, one after the other.</param>
    /// <param name="network">Where each process gets a host of its own, named as it is, and a certificate; null for loopback and plaintext. Not disposed here.</param>
    public Site(TimeSpan deadline, int repeats = 1, HostNetwork? network = null)
    {
        _network = network;
        _deadline = new CancellationTokenSource(deadline);
        _readings = Path.Combine(_folder, "readings.csv");
        Repeats = repeats;
        File.WriteAllLines(_readings, Repeated(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "readings.csv")), repeats));
    }

    public CancellationToken Deadline => _deadline.Token;

    public int Repeats { get; }

    public string Folder => _folder;

    /// <summary>What an undisturbed run finds, as the reference interpreter does: two alarms each time the readings come.</summary>
    public IReadOnlyList<string> ExpectedAlarms => [.. Enumerable.Range(0, Repeats).SelectMany(r => new[] { $"press {62 + (r * Period)}", $"saw {102 + (r * Period)}" }).Order(StringComparer.Ordinal)];

    private const int Period = 1000;

    /// <summary>Starts a node and waits until it listens.</summary>
    public async Task<(NodeProcess Process, string Address)> StartAsync(string name, string roles, string join, params string[] more)
    {
        var node = Start("MachineAlarms", name, "node", roles, join, more);
        return (node, await node.SaysAsync(@"listens at (\S+?)( and|\.$)", Deadline));
    }

    public NodeProcess this[string name] => _processes.Last(p => p.Name == name);

    /// <summary>Waits until these nodes have joined.</summary>
    public async Task JoinedAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await this[name].SaysAsync("has joined", Deadline);
        }
    }

    public NodeProcess Start(string program, string name, string command, string roles, string join, params string[] more)
    {
        List<string> arguments = [command];
        if (roles.Length > 0)
        {
            arguments.AddRange(["--name", name, "--role", roles]);
        }

        if (join.Length > 0)
        {
            arguments.AddRange(["--join", join]);
        }

        if (program == "MachineAlarms")
        {
            arguments.AddRange(["--config", Path.Combine(AppContext.BaseDirectory, "site.conf"), "--set", $"jellybean.inputs.readings.hall.uri={_readings}", "--set", "jellybean.inputs.readings.hall.rate=100"]);
        }

        if (command == "node")
        {
            arguments.AddRange(["--pace", "--output", Path.Combine(_folder, "out")]);
        }

        // Whoever asks a cluster something is no node: its host and its certificate are called 'client'.
        var host = command == "node" ? name : "client";
        if (_network is not null)
        {
            var address = _network.AddressOf(host);
            arguments.AddRange(["--certificates", Certify(host, address)]);
            if (!more.Contains("--listen"))
            {
                arguments.AddRange(["--listen", $"{address}:0"]);
            }
        }

        var process = NodeProcess.Start(_network?.On(host) ?? [], program, name, Path.Combine(_folder, "cache"), [.. arguments, .. more]);
        _processes.Add(process);
        return process;
    }

    /// <returns>The folder of certificates.</returns>
    private string Certify(string name, string address)
    {
        var folder = Path.Combine(_folder, "certificates");
        using var authority = LocalAuthority.OpenOrCreate(folder);
        if (!File.Exists(Path.Combine(folder, $"{name}.pem")))
        {
            authority.Issue(name, [address]);
        }

        return folder;
    }

    public NodeProcess Run(string join, params string[] more) => Start("MachineAlarms", "run", "run", "", join, more);

    public NodeProcess Ask(string command, string join, params string[] more) => Start("MachineAlarms", command, command, "", join, more);

    /// <summary>The alarms that the sink holds.</summary>
    public async Task<IReadOnlyList<string>> AlarmsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "out", "alarms.db")};Pooling=False;Mode=ReadOnly");
        await connection.OpenAsync(Deadline);
        await using var command = new SqliteCommand("SELECT machine, second FROM alarm", connection);
        await using var reader = await command.ExecuteReaderAsync(Deadline);
        List<string> alarms = [];
        while (await reader.ReadAsync(Deadline))
        {
            alarms.Add($"{reader.GetString(0)} {reader.GetDouble(1)}");
        }

        return [.. alarms.Order(StringComparer.Ordinal)];
    }

    /// <summary>What every process has said, for messages of tests that fail.</summary>
    public string Everything => string.Join("\n", _processes.Select(p => $"== {p.Name}\n{p.Output}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static IEnumerable<string> Repeated(string[] lines, int repeats) =>
        Enumerable.Range(0, repeats).SelectMany(r => lines.Select(l => Regex.Replace(l, @"^(\w+),(\d+),", m => $"{m.Groups[1].Value},{int.Parse(m.Groups[2].Value) + (r * Period)},")));
}
