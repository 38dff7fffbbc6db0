using System.Globalization;
using JellyBean.CameraRig;
using JellyBean.EndToEnd.Tests.Tracking;
using JellyBean.Workflows.Models;
using Microsoft.Data.Sqlite;

namespace JellyBean.EndToEnd.Tests.Cameras;

/// <summary>Cameras on loopback, and the tracking example as a process that reads one of them by its command line and records it, and others by command.</summary>
internal sealed class CameraSite : IAsyncDisposable
{
    private const string Program = "PedestrianTracking";
    private const string Node = "box";
    private const int Fps = 5;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly ProcessCluster _cluster;
    private readonly List<RigCamera> _cameras = [];
    private readonly string _at = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Find(1)[0]}");
    private string _named = "";

    public CameraSite(TimeSpan deadline) => _cluster = new ProcessCluster(deadline, cache: ModelCache.Folder);

    /// <inheritdoc cref="TrackingSite.WhyNot" />
    public static string? WhyNot => TrackingSite.WhyNot;

    public CancellationToken Deadline => _cluster.Deadline;

    /// <inheritdoc cref="ProcessCluster.Everything" />
    public string Everything => _cluster.Everything;

    /// <summary>Starts a camera, of a protocol that the rig knows.</summary>
    /// <returns>Its address.</returns>
    public string Begin(string protocol)
    {
        var camera = RigCamera.Create(protocol, RigClip.Encode(_cluster.Folder, Fps, source: RigClip.People));
        _cameras.Add(camera);
        camera.Start();
        return camera.Uri;
    }

    /// <summary>Starts the machine, once more perhaps, with a camera that its command line names.</summary>
    public async Task StartAsync(string name, string uri)
    {
        _named = $"{name}={uri}";
        string[] recorded = ["overload=drop-oldest:1000", $"rate={Fps}", $"record={Path.Combine(_cluster.Folder, "recordings")}"];
        _cluster.Start(Program, Node,
        [
            "node", "--name", Node, "--role", "coordinator,edge", "--listen", _at, "--data", Path.Combine(_cluster.Folder, "data"), "--output", Path.Combine(_cluster.Folder, "out"),
            "--verbosity", "detailed", "--camera", _named, .. recorded.SelectMany(s => new[] { "--set", $"jellybean.inputs.cameras.{name}.{s}" }), "--set", "jellybean.snapshots.every=1s", .. Common,
        ]);
        await _cluster.ListensAsync(Node);
    }

    public void Kill() => _cluster[Node].Kill();

    public NodeProcess Run() => _cluster.Start(Program, "run", ["run", "--join", _at, "--camera", _named, .. Common]);

    /// <summary>Commands what runs.</summary>
    /// <returns>What the answer was.</returns>
    public async Task<string> DoAsync(string command, params string[] more)
    {
        var process = _cluster.Start(Program, command, [command, "--join", _at, .. more, .. Common]);
        return await process.EndsAsync(Deadline) == 0 ? process.Output : throw new InvalidOperationException(Everything);
    }

    /// <summary>Waits until so many more frames of a camera are in the table of tracks than those before.</summary>
    public async Task<IReadOnlyList<long>> FramesAsync(string camera, IReadOnlyList<long> before, int more)
    {
        using var timer = new PeriodicTimer(Between);
        while (Frames(camera) is var frames)
        {
            if (frames.Count >= before.Count + more)
            {
                return frames;
            }

            if (Deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"Of '{camera}' there are {frames.Count} frames, {before.Count} were.\n{Everything}");
            }

            // Another process's table: there is nothing to wait on but time.
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        return [];
    }

    /// <summary>Frames of a camera that somebody is seen in, in order.</summary>
    public IReadOnlyList<long> Frames(string camera)
    {
        var database = Path.Combine(_cluster.Folder, "out", "tracks.db");
        if (!File.Exists(database))
        {
            return [];
        }

        try
        {
            using var connection = new SqliteConnection($"Data Source={database};Pooling=False;Mode=ReadOnly");
            connection.Open();
            using var command = new SqliteCommand("SELECT DISTINCT frame FROM tracks WHERE camera = $camera ORDER BY frame", connection);
            command.Parameters.AddWithValue("$camera", camera);
            using var row = command.ExecuteReader();
            List<long> frames = [];
            while (row.Read())
            {
                frames.Add(row.GetInt64(0));
            }

            return frames;
        }
        catch (SqliteException)
        {
            // Not made yet, or just being made.
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var camera in _cameras)
        {
            await camera.DisposeAsync();
        }

        await _cluster.DisposeAsync();
    }

    // Whoever only asks reads its configuration, too.
    private string[] Common =>
    [
        "--set", $"jellybean.inputs.cameras.{_named.Replace("=", ".uri=", StringComparison.Ordinal)}",
        "--config", Path.Combine(AppContext.BaseDirectory, "Cameras", "camera-site.conf"),
        "--set", $"jellybean.profile.file={Path.Combine(AppContext.BaseDirectory, "Tracking", "tracking-profile.json")}",
    ];
}
