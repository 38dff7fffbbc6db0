using System.Globalization;
using System.Text.Json;
using JellyBean.EndToEnd.Tests.Networks;

namespace JellyBean.EndToEnd.Tests.Rig;

/// <summary>A cluster of processes of <see cref="RigProgram"/>, each on a host of its own: a coordinator, a sensor that reads, and boxes that do the rest.</summary>
internal sealed class RigSite : IAsyncDisposable
{
    private const string Program = "JellyBean.EndToEnd.Tests";
    private const string BoxMemory = "DOTNET_GCHeapHardLimit=0x18000000";
    private const string Coordinator = "boss";

    private readonly ProcessCluster _cluster;
    private readonly RigGate _gate;
    private readonly string _cache;
    private readonly string _address;

    public RigSite(TimeSpan deadline, HostNetwork network)
    {
        _cluster = new ProcessCluster(deadline, network);
        _cache = Path.Combine(_cluster.Folder, "cache");
        _address = $"{network.AddressOf(Coordinator)}:4711";
        Directory.CreateDirectory(_cache);
        ModelSays("1000");
        _gate = new RigGate(_cache);
        foreach (var box in Boxes)
        {
            _cluster.PutBehind(box, ["env", BoxMemory]);
        }
    }

    public static IReadOnlyList<string> Boxes { get; } = ["box-1", "box-2", "box-3"];

    public CancellationToken Deadline => _cluster.Deadline;

    /// <inheritdoc cref="ProcessCluster.Everything" />
    public string Everything => _cluster.Everything;

    public NodeProcess this[string name] => _cluster[name];

    public async Task StartAllAsync()
    {
        await StartAsync(Coordinator);
        foreach (var name in (string[])["sensor-1", .. Boxes])
        {
            await StartAsync(name);
        }

        await _cluster.JoinedAsync(["sensor-1", .. Boxes]);
    }

    /// <summary>Starts a node, again perhaps, and waits until it listens.</summary>
    public Task StartAsync(string name)
    {
        string[] more = name == Coordinator ? ["--role", "coordinator", "--listen", _address, "--data", Path.Combine(_cluster.Folder, "data")]
            : name == "sensor-1" ? ["--role", "edge", "--join", _address]
            : ["--role", "cloud", "--join", _address];
        Start(name, ["node", "--name", name, "--verbosity", "detailed", "--output", Path.Combine(_cluster.Folder, "out"), .. more]);
        return _cluster.ListensAsync(name);
    }

    public async Task StartAgainAsync(string box)
    {
        await StartAsync(box);
        await _cluster.JoinedAsync(box);
    }

    public NodeProcess Ask(string command, params string[] more) => Start(command, [command, "--join", _address, .. more]);

    /// <summary>Asks how the cluster is.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        var status = Ask("status", "--json");
        Assert.True(await status.EndsAsync(Deadline) == 0, status.Output);
        return JsonDocument.Parse(status.Output[status.Output.IndexOf('{', StringComparison.Ordinal)..]).RootElement;
    }

    /// <summary>Changes the model's file.</summary>
    public void ModelSays(string text) => File.WriteAllText(Path.Combine(_cache, RigProgram.ModelFile), text);

    /// <inheritdoc cref="RigGate.Close" />
    public void Close(string what) => _gate.Close(what);

    /// <inheritdoc cref="RigGate.Open" />
    public void Open(string what) => _gate.Open(what);

    /// <summary>Waits until one of these boxes waits.</summary>
    /// <returns>Which.</returns>
    public async Task<string> WaitsAsync(string what, params IReadOnlyList<string> boxes)
    {
        try
        {
            var id = await _gate.WaitsAsync(what, [.. boxes.Select(b => this[b].Id)], Deadline);
            return boxes.First(b => this[b].Id == id);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"None of {string.Join(", ", boxes)} waits at '{what}'.\n{Everything}");
        }
    }

    /// <summary>Waits for a snapshot that is complete and newer.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> SnapshotAsync(long after)
    {
        var folder = Path.Combine(_cluster.Folder, "out", "snapshots");
        while (true)
        {
            var complete = Directory.Exists(folder) ? Directory.GetFiles(folder, "complete.json", SearchOption.AllDirectories) : [];
            var newest = complete.Select(f => JsonDocument.Parse(File.ReadAllText(f)).RootElement.GetProperty("Snapshot").GetInt64()).DefaultIfEmpty().Max();
            if (newest > after)
            {
                return newest;
            }

            // Another process's files: there is nothing to wait on but time.
            await Task.Delay(20, Deadline);
        }
    }

    /// <summary>What is wrong with what was written: numbers that are missing, or results other than those of an undisturbed run. Some may have come twice.</summary>
    public IReadOnlyList<string> Wrong()
    {
        // What a killed process was about to write has no end.
        var rows = Directory.GetFiles(Path.Combine(_cluster.Folder, "out"), RigProgram.Results)
            .SelectMany(f => File.ReadAllText(f).Split('\n')[..^1]).Select(Row).ToHashSet();
        var last = rows.Max(r => r.Value);
        var totals = new long[RigProgram.Keys];
        List<string> wrong = [];
        for (var number = 0L; number <= last; number++)
        {
            var key = number % RigProgram.Keys;
            totals[key] += number;
            if (!rows.Remove(new RigProgram.Sum(key.ToString(CultureInfo.InvariantCulture), number, totals[key])))
            {
                wrong.Add($"{number} is missing");
            }
        }

        return [.. wrong, .. rows.Select(r => $"{r} should not be there")];
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private static RigProgram.Sum Row(string line)
    {
        var value = JsonDocument.Parse(line).RootElement.GetProperty("value");
        return new(value.GetProperty("key").GetString()!, value.GetProperty("value").GetInt64(), value.GetProperty("total").GetInt64());
    }

    private NodeProcess Start(string name, IReadOnlyList<string> arguments) => _cluster.Start(Program, name, [.. arguments, "--config", Path.Combine(AppContext.BaseDirectory, "rig.conf")]);
}
