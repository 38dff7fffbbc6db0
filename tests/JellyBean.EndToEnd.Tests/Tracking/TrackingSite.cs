using System.Diagnostics;
using System.Globalization;
using JellyBean.EndToEnd.Tests.Networks;
using JellyBean.Workflows.Models;
using Microsoft.Data.Sqlite;

namespace JellyBean.EndToEnd.Tests.Tracking;

/// <summary>The tracking example on real video: three camera boxes, a hub, a machine in the cloud and those that coordinate, each a process.</summary>
internal sealed class TrackingSite : IAsyncDisposable
{
    public const string Clip = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
    private const string Program = "PedestrianTracking";

    /// <summary>Lets the left camera be one that nobody else can read, and that drops what is not taken in time, behind a link that holds little.</summary>
    public static readonly string[] LeftIsLive = ["jellybean.inputs.cameras.left.node=camera-1", "jellybean.inputs.cameras.left.overload=drop-oldest:8", "jellybean.links.window=256 KiB", "jellybean.replanning.enabled=false"];

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(8);
    private static readonly (string Name, string Tier)[] Workers = [("camera-1", "edge"), ("camera-2", "edge"), ("camera-3", "edge"), ("hub", "hub"), ("cloud", "cloud")];

    private readonly HostNetwork? _network;
    private readonly string _clip;
    private readonly int _rate;
    private readonly string[] _settings;
    private readonly Dictionary<string, string[]> _started = [];
    private readonly Dictionary<string, int> _cameBack = [];

    /// <param name="deadline">For the whole test.</param>
    /// <param name="frames">Of the clip; null for all of it.</param>
    /// <param name="network">Where each process gets a host of its own; null for loopback. Not disposed here.</param>
    /// <param name="rate">Frames per second of each camera.</param>
    /// <param name="settings">Configuration of every node besides, as KEY=VALUE.</param>
    public TrackingSite(TimeSpan deadline, int? frames, HostNetwork? network = null, int rate = 10, params IEnumerable<string> settings)
    {
        _settings = [.. settings.SelectMany(s => new[] { "--set", s })];
        _rate = rate;
        _network = network;
        Cluster = new ProcessCluster(deadline, network, ModelCache.Folder);
        _clip = frames is { } most ? Shortened(most) : Clip;
    }

    /// <summary>Why this computer cannot run it; null if it can.</summary>
    public static string? WhyNot => File.Exists(Clip) && File.Exists(ModelCache.PathOf("nanodet-256-int8")) ? null : "The clip or the models are missing. 'bash examples/PedestrianTracking/run.sh' sets them up.";

    public ProcessCluster Cluster { get; }

    /// <summary>Nodes that can be asked for the way in.</summary>
    public string Join { get; private set; } = "";

    /// <summary>Starts everything and waits until all have joined.</summary>
    public async Task StartAsync(int coordinators)
    {
        var bosses = Enumerable.Range(1, coordinators).Select(n => $"boss-{n}").ToList();
        var ports = FreePorts.Find(coordinators);
        var addresses = bosses.Zip(ports, (boss, port) => string.Create(CultureInfo.InvariantCulture, $"{_network?.AddressOf(boss) ?? "127.0.0.1"}:{port}")).ToList();
        Join = string.Join(',', addresses);
        foreach (var (boss, address) in bosses.Zip(addresses))
        {
            string[] join = coordinators == 1 ? [] : ["--join", Join];
            Start(boss, ["--role", "coordinator", "--listen", address, "--data", Path.Combine(Cluster.Folder, "data"), .. join]);
        }

        await Cluster.ListensAsync(bosses[0]);
        foreach (var (name, tier) in Workers)
        {
            Start(name, ["--role", tier, "--join", Join]);
        }

        await Cluster.JoinedAsync(bosses.Concat(Workers.Select(w => w.Name)));

        void Start(string name, string[] arguments)
        {
            _started[name] = ["node", "--name", name, "--pace", "--verbosity", "detailed", "--set", $"jellybean.node.coordinators={coordinators}", "--output", OutputOf("cluster"), .. Common, .. arguments];
            Cluster.Start(Program, name, _started[name]);
        }
    }

    /// <summary>Starts a node again that was killed.</summary>
    public async Task RestartAsync(string name)
    {
        Cluster.Start(Program, name, _started[name]);
        await Cluster.JoinedAsync(name);
    }

    /// <summary>Waits until a node whose cluster went on without it is welcome there again, once more than before.</summary>
    public async Task CameBackAsync(string name)
    {
        var times = _cameBack[name] = _cameBack.GetValueOrDefault(name) + 1;
        await Cluster[name].SaysAsync($@"(has lost the cluster[\s\S]*was welcomed[\s\S]*){{{times}}}", Cluster.Deadline);
    }

    /// <summary>Which worker finds the people by a plan.</summary>
    public static Task<string> DetectsAsync(NodeProcess run, long epoch, CancellationToken deadline) => run.SaysAsync($@"Plan of epoch {epoch},[\s\S]*?(\S+): [^\n]*detector", deadline);

    /// <summary>Lets the cluster run it.</summary>
    public NodeProcess Run() => Cluster.Start(Program, "run", ["run", "--join", Join, .. Common]);

    public NodeProcess Status() => Cluster.Start(Program, "status", ["status", "--join", Join, .. Common]);

    /// <summary>Runs it in one process, undisturbed.</summary>
    public async Task<IReadOnlyList<string>> UndisturbedAsync()
    {
        var process = NodeProcess.Start(Program, "alone", ModelCache.Folder, ["run", "--output", OutputOf("alone"), .. Common]);
        await using var owned = process;
        return await process.EndsAsync(Cluster.Deadline) == 0 ? Results("alone") : throw new InvalidOperationException(process.Output);
    }

    /// <summary>All that the sinks hold, a row a line.</summary>
    public IReadOnlyList<string> Results() => Results("cluster");

    /// <summary>The epoch that the sink of tracks is written by, and how many results it holds.</summary>
    public (long Epoch, long Results) Progress()
    {
        if (!File.Exists(Database("cluster")))
        {
            return (0, 0);
        }

        try
        {
            var row = Rows("cluster", "SELECT (SELECT epoch FROM jellybean_writers WHERE output = 'tracks'), (SELECT count(*) FROM tracks)")[0].Split('|');
            return (long.Parse(row[0], CultureInfo.InvariantCulture), long.Parse(row[1], CultureInfo.InvariantCulture));
        }
        catch (Exception cause) when (cause is SqliteException or FormatException)
        {
            // Not made yet, or just being made.
            return (0, 0);
        }
    }

    /// <summary>Waits until results of a later epoch arrive at the sink.</summary>
    /// <returns>That epoch.</returns>
    public async Task<long> FlowsAsync(long after)
    {
        using var timer = new PeriodicTimer(Between);
        var first = (Epoch: after, Results: 0L);
        var now = first;
        while (now.Epoch <= after || now.Epoch != first.Epoch || now.Results <= first.Results)
        {
            first = now.Epoch > first.Epoch ? now : first;
            if (Cluster.Deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"No results of an epoch after {after} have come; the sink has {now}.\n{Cluster.Everything}");
            }

            await timer.WaitForNextTickAsync();
            now = Progress();
        }

        return now.Epoch;
    }

    /// <summary>Waits until one and the same plan has been in force for a while: a node that comes back may cause another one.</summary>
    /// <returns>Its epoch.</returns>
    public async Task<long> SettlesAsync()
    {
        using var timer = new PeriodicTimer(Between);
        var (epoch, since) = (await FlowsAsync(after: 0), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < Calm)
        {
            await timer.WaitForNextTickAsync(Cluster.Deadline);
            var now = Progress().Epoch;
            (epoch, since) = now > epoch ? (now, Stopwatch.GetTimestamp()) : (epoch, since);
        }

        return epoch;
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private string[] Common =>
    [
        "--config", Path.Combine(AppContext.BaseDirectory, "Tracking", "tracking-site.conf"),
        "--set", $"jellybean.profile.file={Path.Combine(AppContext.BaseDirectory, "Tracking", "tracking-profile.json")}",
        "--set", $"jellybean.inputs.cameras.left.uri={_clip}",
        "--set", $"jellybean.inputs.cameras.right.uri={_clip}",
        "--set", $"jellybean.inputs.cameras.left.rate={_rate}",
        "--set", $"jellybean.inputs.cameras.right.rate={_rate}",
        "--set", $"jellybean.snapshots.folder={Path.Combine(Cluster.Folder, "snapshots")}",
        "--set", "jellybean.snapshots.every=1s",
        .. _settings,
    ];

    private string OutputOf(string run) => Path.Combine(Cluster.Folder, run);

    private string Database(string run) => Path.Combine(OutputOf(run), "tracks.db");

    private List<string> Results(string run) => [.. Rows(run, "SELECT * FROM tracks ORDER BY 1"), .. Rows(run, "SELECT * FROM identities ORDER BY 1")];

    private List<string> Rows(string run, string query)
    {
        using var connection = new SqliteConnection($"Data Source={Database(run)};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = new SqliteCommand(query, connection);
        using var row = command.ExecuteReader();
        List<string> rows = [];
        while (row.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    private string Shortened(int frames)
    {
        var path = Path.Combine(Cluster.Folder, "clip.avi");
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", Clip, "-frames:v", $"{frames}", "-c", "copy", path]))!;
        process.WaitForExit();
        return process.ExitCode == 0 ? path : throw new InvalidOperationException($"ffmpeg could not shorten '{Clip}'.");
    }
}
