using System.Text.RegularExpressions;
using JellyBean.EndToEnd.Tests.Networks;
using Microsoft.Data.Sqlite;

namespace JellyBean.EndToEnd.Tests;

/// <summary>A cluster of processes that finds alarms in readings of machines.</summary>
internal sealed class Site : IAsyncDisposable
{
    private const int Period = 1000;

    private readonly ProcessCluster _cluster;
    private readonly string _readings;
    private readonly int _rate;

    /// <param name="deadline">For the whole test, measuring included.</param>
    /// <param name="repeats">How many times the readings come, one after the other.</param>
    /// <param name="network">Where each process gets a host of its own; null for loopback. Not disposed here.</param>
    /// <param name="rate">Readings per second.</param>
    /// <param name="isSecure">Whether nodes prove themselves to each other on loopback, too.</param>
    public Site(TimeSpan deadline, int repeats = 1, HostNetwork? network = null, int rate = 100, bool isSecure = false)
    {
        _rate = rate;
        _cluster = new ProcessCluster(deadline, network, isSecure: isSecure);
        _readings = Path.Combine(Folder, "readings.csv");
        Repeats = repeats;
        File.WriteAllLines(_readings, Repeated(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "readings.csv")), repeats));
    }

    public CancellationToken Deadline => _cluster.Deadline;

    public int Repeats { get; }

    public string Folder => _cluster.Folder;

    /// <summary>What an undisturbed run finds, as the reference interpreter does: two alarms each time the readings come.</summary>
    public IReadOnlyList<string> ExpectedAlarms => [.. Enumerable.Range(0, Repeats).SelectMany(r => new[] { $"press {62 + (r * Period)}", $"saw {102 + (r * Period)}" }).Order(StringComparer.Ordinal)];

    /// <inheritdoc cref="ProcessCluster.Everything" />
    public string Everything => _cluster.Everything;

    public NodeProcess this[string name] => _cluster[name];

    /// <inheritdoc cref="ProcessCluster.PutBehind" />
    public void PutBehind(string name, IReadOnlyList<string> launcher) => _cluster.PutBehind(name, launcher);

    public Task JoinedAsync(params IEnumerable<string> names) => _cluster.JoinedAsync(names);

    /// <summary>Starts a node and waits until it listens.</summary>
    public async Task<(NodeProcess Process, string Address)> StartAsync(string name, string roles, string join, params string[] more)
    {
        var node = Start("MachineAlarms", name, "node", roles, join, more);
        return (node, await _cluster.ListensAsync(name));
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

        if (Path.GetFileNameWithoutExtension(program) == "MachineAlarms")
        {
            arguments.AddRange(["--config", Path.Combine(AppContext.BaseDirectory, "site.conf"), "--set", $"jellybean.inputs.readings.hall.uri={_readings}", "--set", $"jellybean.inputs.readings.hall.rate={_rate}"]);
        }

        if (command == "node")
        {
            arguments.AddRange(["--pace", "--output", Path.Combine(Folder, "out")]);
        }

        return _cluster.Start(program, name, [.. arguments, .. more]);
    }

    public NodeProcess Run(string join, params string[] more) => Start("MachineAlarms", "run", "run", "", join, more);

    public NodeProcess Ask(string command, string join, params string[] more) => Start("MachineAlarms", command, command, "", join, more);

    /// <summary>The alarms that the sink holds.</summary>
    public async Task<IReadOnlyList<string>> AlarmsAsync() =>
        [.. (await RowsAsync("SELECT machine, second FROM alarm", r => $"{r.GetString(0)} {r.GetDouble(1)}")).Order(StringComparer.Ordinal)];

    /// <summary>How many versions have written them.</summary>
    public async Task<int> WritersAsync() => (await RowsAsync("SELECT name FROM jellybean_writers", r => r.GetString(0))).Count;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private async Task<IReadOnlyList<string>> RowsAsync(string query, Func<SqliteDataReader, string> read)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "out", "alarms.db")};Pooling=False;Mode=ReadOnly");
        await connection.OpenAsync(Deadline);
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        await using var reader = await command.ExecuteReaderAsync(Deadline);
        List<string> rows = [];
        while (await reader.ReadAsync(Deadline))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static IEnumerable<string> Repeated(string[] lines, int repeats) =>
        Enumerable.Range(0, repeats).SelectMany(r => lines.Select(l => Regex.Replace(l, @"^(\w+),(\d+),", m => $"{m.Groups[1].Value},{int.Parse(m.Groups[2].Value) + (r * Period)},")));
}
