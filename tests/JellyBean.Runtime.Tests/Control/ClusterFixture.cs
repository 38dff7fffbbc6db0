using System.Collections.Concurrent;
using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Three nodes with fake data planes, and what they are asked to run.</summary>
internal static class ClusterFixture
{
    public const string Fingerprint = "f00d";

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static readonly ImmutableArray<NodeDescription> Nodes =
    [
        Node("cloud-1", Tier.Cloud) with { IsCoordinator = true },
        Node("edge-1", Tier.Edge),
        Node("edge-2", Tier.Edge),
    ];

    public static Plan Plan(params string[] workers) => new()
    {
        Workflow = "test",
        WorkflowFingerprint = Fingerprint,
        Sources = [],
        Placements = [.. workers.Select(w => new Placement { Operator = new OperatorId($"op-{w}"), Instances = [new Instance { Worker = new WorkerId(w) }] })],
        Routes = [],
        Cost = new PlanCost { ComputePerHour = 0, NetworkPerHour = 0 },
    };

    public static Plan PlanOfAll() => Plan([.. Nodes.Select(n => n.Worker.Value)]);

    public static Task<LocalCluster> StartAsync(IReadOnlyDictionary<string, FakeHost> hosts, Func<NodeDescription, string>? fingerprint = null, ILoggerFactory? loggers = null) =>
        LocalCluster.StartAsync(
            Nodes,
            fingerprint ?? (_ => Fingerprint),
            node => hosts[node.Worker.Value],
            new LocalClusterOptions { ReportInterval = TimeSpan.FromMilliseconds(50), StopDeadline = TimeSpan.FromSeconds(20), JoinDeadline = TimeSpan.FromSeconds(40) },
            loggers ?? new ListLoggers(),
            CancellationToken.None);

    public static Dictionary<string, FakeHost> Hosts(Func<WorkerId, FakeHost>? make = null) =>
        Nodes.ToDictionary(n => n.Worker.Value, n => make?.Invoke(n.Worker) ?? new FakeHost(n.Worker));

    public static NodeDescription Node(string worker, Tier tier) => new() { Worker = new WorkerId(worker), Tier = tier, Cores = 1, MemoryBytes = 1 << 30 };
}

/// <summary>Keeps what is logged at Information and above, or from another level.</summary>
internal sealed class ListLoggers : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, int Times, TaskCompletionSource Heard)> _awaited = new();

    public LogLevel Least { get; init; } = LogLevel.Information;

    public ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= Least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Entries.Enqueue((logLevel, eventId, formatter(state, exception)));
        foreach (var (id, times, heard) in _awaited)
        {
            if (Count(id) >= times)
            {
                heard.TrySetResult();
            }
        }
    }

    /// <summary>Completes when something was logged that often.</summary>
    public Task Heard(int id, int times)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Enqueue((id, times, heard));
        if (Count(id) >= times)
        {
            heard.TrySetResult();
        }

        return heard.Task;
    }

    public void Dispose()
    {
    }

    private int Count(int id) => Entries.Count(e => e.Id.Id == id);
}
