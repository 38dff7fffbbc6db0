using System.Globalization;
using JellyBean.EndToEnd.Tests;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Benchmarks.Clusters;

/// <summary>A cluster of processes of this binary on loopback: sensors that only read, boxes that do the rest.</summary>
internal sealed class BenchSite : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-bench-site-").FullName;
    private readonly Dictionary<string, NodeProcess> _nodes = [];
    private readonly string _config;

    /// <param name="coordinators">How many nodes may coordinate.</param>
    /// <param name="bytes">Of each tick.</param>
    /// <param name="perSecond">Ticks to plan for.</param>
    public BenchSite(int coordinators, int bytes, double perSecond)
    {
        _config = Path.Combine(_folder, "site.conf");
        File.WriteAllText(_config, string.Create(CultureInfo.InvariantCulture, $$"""
            include "base.conf"
            jellybean {
              output = "{{Path.Combine(_folder, "out")}}"
              node.coordinators = {{coordinators}}
              cluster.report-interval = 100ms
              profile.budget = 2s
              inputs.ticks.one { node = sensor-1, bytes = {{bytes}}, per-second = {{perSecond}} }
              infrastructure {
                name = bench
                tiers = [edge, cloud]
                worker-types {
                  sensor { tier = edge, price-per-hour = 0.01, cores = 1, memory = 1 GiB, source-only = true }
                  box { tier = cloud, price-per-hour = 0.1, cores = 1, memory = 1 GiB }
                }
                workers {
                  sensor-1.type = sensor
                  box { type = box, count = 2 }
                }
                links {
                  up { from = edge, to = cloud, price-per-gib = 0, bandwidth = 100 Gbit/s, round-trip = 1ms }
                  down { from = cloud, to = edge, price-per-gib = 0, bandwidth = 100 Gbit/s, round-trip = 1ms }
                }
              }
            }
            """));
    }

    public string Folder => _folder;

    public NodeProcess this[string name] => _nodes[name];

    public static NodeAddress Address(string text) => NodeAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is no address.");

    public static async Task WaitAsync(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            if (!await timer.WaitForNextTickAsync(deadline.Token).AsTask().ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default))
            {
                throw new TimeoutException($"{what} has not happened within {Patience}.");
            }
        }
    }

    /// <summary>Starts a node and waits until it is in the cluster.</summary>
    /// <returns>Where it listens.</returns>
    public async Task<string> StartAsync(string name, params string[] arguments)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var node = _nodes[name] = NodeProcess.Start(
            "JellyBean.Benchmarks", name, Path.Combine(_folder, "cache"), [SiteProgram.Word, "node", "--name", name, "--config", _config, "--data", Path.Combine(_folder, "data"), .. arguments]);
        var address = await node.SaysAsync(@"listens at (\S+?)( and|\.$)", deadline.Token);
        return address;
    }

    public async Task JoinedAsync(string name)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _nodes[name].SaysAsync("has joined", deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A run of the cluster, watched from this process.</summary>
internal sealed class WatchedRun : IProgress<ClusterStatus>, IAsyncDisposable
{
    private readonly ClusterClient _client;
    private readonly CancellationTokenSource _drain = new();
    private volatile ClusterStatus? _status;

    public WatchedRun(string join)
    {
        _client = new ClusterClient(
            [.. join.Split(',').Select(BenchSite.Address)],
            new NodeAddress("127.0.0.1", 0),
            null,
            NullLoggerFactory.Instance);
        Running = _client.RunAsync(SiteProgram.Workflow.Fingerprint, BenchSite.Patience, this, null, null, _drain.Token);
    }

    public Task<ClusterStatus> Running { get; }

    /// <summary>Results of the epoch in force, as far as is known here.</summary>
    public long Results => _status is { } status ? status.Fragments.Where(f => f.Epoch == status.Epoch).SelectMany(f => f.Outputs).Sum(o => o.Results) : 0;

    public void Report(ClusterStatus value) => _status = value;

    public async ValueTask DisposeAsync()
    {
        await _drain.CancelAsync();
        await Running.WaitAsync(BenchSite.Patience);
        await _client.DisposeAsync();
        _drain.Dispose();
    }
}
