using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Tests.Engine;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control.Upgrades;

/// <summary>Two versions of a workflow in one cluster of real nodes; both read the same two cameras, each camera with a sink of its own.</summary>
internal sealed class UpgradeSite : IAsyncDisposable
{
    private static readonly Input<long> Gates = new("gates");
    private static readonly Input<long> Yards = new("yards");
    private static readonly Output<long> OfGates = new("of-gates");
    private static readonly Output<long> OfYards = new("of-yards");
    private static readonly WorkerId Edge = new("edge-1");

    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-upgrade-").FullName;
    private readonly CancellationTokenSource _deadline = new(ClusterFixture.Deadline * 4);
    private readonly ImmutableArray<NodeAddress> _seats;
    private readonly ClusterNode?[] _coordinators;
    private readonly KeptJournal[] _journals;
    private readonly List<ClusterNode> _nodes = [];

    /// <param name="coordinators">How many.</param>
    /// <param name="isRecorded">Whether what the gate gives is recorded on its machine.</param>
    public UpgradeSite(int coordinators, bool isRecorded = false)
    {
        Gate = new Camera("gate", isRecorded);
        (Former, Next) = (new Version(this, "former"), new Version(this, "next"));
        _seats = coordinators == 1 ? [new NodeAddress("127.0.0.1", 0)] : [.. FreePorts(coordinators).Select(p => new NodeAddress("127.0.0.1", p))];
        _coordinators = new ClusterNode?[coordinators];
        _journals = [.. _seats.Select(_ => new KeptJournal())];
    }

    public Camera Gate { get; }

    public Camera Yard { get; } = new("yard", isRecorded: false);

    public Version Former { get; }

    public Version Next { get; }

    public CancellationToken Deadline => _deadline.Token;

    public async Task StartAsync()
    {
        for (var seat = 0; seat < _seats.Length; seat++)
        {
            Seat(seat);
        }

        ImmutableArray<NodeAddress> join = [_coordinators[0]!.Address];
        Former.Node = Begin(Former, "edge-1", join, isPlanner: false);
        Next.Node = Begin(Next, "edge-1", join, isPlanner: false);
        Begin(Next, "maker", join, isPlanner: true);
        await Task.WhenAll(_nodes.Concat(_coordinators.OfType<ClusterNode>()).Select(n => n.Welcomed)).WaitAsync(Deadline);
        await Former.Node.Control.StartAsync(ClusterFixture.Deadline, Deadline);
        await UntilAsync(() => Former.OfGate.Results.Count > 20 && Former.OfYard.Results.Count > 20);
    }

    /// <summary>The coordinator that leads, of both versions, goes, and another one leads; it comes back with what it had kept.</summary>
    public async Task LoseLeaderAsync()
    {
        await UntilAsync(() => _coordinators.Any(c => c!.Coordinates));
        var seat = Array.FindIndex(_coordinators, c => c!.Coordinates);
        await _coordinators[seat]!.DisposeAsync();
        await UntilAsync(() => _coordinators.Where((_, i) => i != seat).Any(c => c!.Coordinates));
        Seat(seat);
        await _coordinators[seat]!.Welcomed.WaitAsync(Deadline);
    }

    /// <summary>The node that works for a version dies, and is started again with what it had kept.</summary>
    public async Task RestartAsync(Version version)
    {
        _nodes.Remove(version.Node);
        await version.Node.DisposeAsync();
        version.Node = Begin(version, Edge.Value, [_coordinators[0]!.Address], isPlanner: false);
        await version.Node.Welcomed.WaitAsync(Deadline);
    }

    public async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(Deadline);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Gate.Release();
        Yard.Release();
        await Task.WhenAll(_nodes.Concat(_coordinators.OfType<ClusterNode>()).Select(n => n.DisposeAsync().AsTask()));
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Seat(int seat) => _coordinators[seat] = ClusterNode.Start(
        Former.Bindings, ClusterFixture.Node($"boss-{seat}", Tier.Edge) with { Tier = null, IsCoordinator = true }, Options($"boss-{seat}") with
        {
            Listen = _seats[seat],
            Join = _seats.Length == 1 ? [] : _seats,
            Coordinators = _seats.Length,
            Journal = _journals[seat],
        },
        new OnTheEdge(Former.Workflow),
        NullLoggerFactory.Instance);

    private ClusterNode Begin(Version version, string name, ImmutableArray<NodeAddress> join, bool isPlanner)
    {
        var description = ClusterFixture.Node(name, Tier.Edge) with { Tier = isPlanner ? null : Tier.Edge, IsPlanner = isPlanner };
        var options = Options($"{version.Name}-{name}") with { Join = join, IsBeside = true };
        var node = ClusterNode.Start(version.Bindings, description, options, isPlanner ? new OnTheEdge(version.Workflow) : null, NullLoggerFactory.Instance);
        _nodes.Add(node);
        return node;
    }

    private ClusterNodeOptions Options(string name) => new()
    {
        Patience = new LocalClusterOptions
        {
            ReportInterval = TimeSpan.FromMilliseconds(50),
            StopDeadline = TimeSpan.FromSeconds(30),
            Snapshots = new SnapshotOptions { Folder = Path.Combine(_folder, name), Every = TimeSpan.FromMilliseconds(300) },
        },
    };

    // Not among those that the system gives to whoever asks for any, so that nobody gets one of them in between.
    private static IReadOnlyList<int> FreePorts(int count) =>
        [.. Enumerable.Repeat(0, int.MaxValue).Select(_ => Random.Shared.Next(12_000, 32_000)).Distinct().Where(IsFree).Take(count)];

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A version, its node and what has come out of it.</summary>
    internal sealed class Version
    {
        public Version(UpgradeSite site, string name)
        {
            Name = name;
            Workflow = Workflow.Define("site", w =>
            {
                w.From(Gates).Select(n => n, name: $"{name}-gate").To(OfGates);
                w.From(Yards).Select(n => n, name: $"{name}-yard").To(OfYards);
            });
            Bindings = new WorkflowBindings(Workflow).With(Gates, "gate", site.Gate.Open).With(Yards, "yard", site.Yard.Open).With(OfGates, () => OfGate).With(OfYards, () => OfYard);
        }

        public string Name { get; }

        public Workflow Workflow { get; }

        public WorkflowBindings Bindings { get; }

        public ListSink<long> OfGate { get; } = new();

        public ListSink<long> OfYard { get; } = new();

        public ClusterNode Node { get; set; } = null!;

        public IWorkflowControl Control => Node.Control;

        public Task<CommandOutcome> UpgradeAsync(CancellationToken cancellationToken) => Node.Control.UpgradeAsync(null, new CommandOptions(), cancellationToken);
    }

    /// <summary>A live source: each picture is given to whoever reads it then, and to nobody else; again only out of its recording, if there is one.</summary>
    internal sealed class Camera(string name, bool isRecorded)
    {
        private volatile TaskCompletionSource _open = Opened();

        // Pictures by their numbers from the first on, of whoever reads it.
        private readonly List<long> _recorded = [];
        private long _first;
        private long _given;
        private int _readers;
        private int _mostReaders;

        public string Name => name;

        public long Given => Interlocked.Read(ref _given);

        /// <summary>How many have read it at once.</summary>
        public int MostReaders => _mostReaders;

        public ISource<long> Open() => new Reading(this);

        /// <summary>Whoever reads it gets no picture and cannot let go of it, as of a decoder that does not answer: it is handed over to nobody meanwhile.</summary>
        public void Hold() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _open.TrySetResult();

        private async IAsyncEnumerable<SourceItem<long>> ReadAsync(long from, bool isAgain, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var readers = Interlocked.Increment(ref _readers);
            InterlockedMax(readers);
            try
            {
                foreach (var picture in isAgain ? _recorded.Skip((int)(from - _first)).ToList() : [])
                {
                    yield return new SourceItem<long>(picture, DateTimeOffset.UnixEpoch.AddMilliseconds(picture)) { IsAgain = true };
                }

                if (!isAgain && from != _first + _recorded.Count)
                {
                    _recorded.Clear();
                    _first = from;
                }

                using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(4));
                while (await timer.WaitForNextTickAsync(CancellationToken.None))
                {
                    await _open.Task;
                    cancellationToken.ThrowIfCancellationRequested();
                    var picture = Interlocked.Increment(ref _given) - 1;
                    _recorded.Add(picture);
                    yield return new SourceItem<long>(picture, DateTimeOffset.UnixEpoch.AddMilliseconds(picture));
                }
            }
            finally
            {
                Interlocked.Decrement(ref _readers);
            }
        }

        private bool Has(long from) => isRecorded && from >= _first && from <= _first + _recorded.Count;

        private static TaskCompletionSource Opened()
        {
            var opened = new TaskCompletionSource();
            opened.SetResult();
            return opened;
        }

        private void InterlockedMax(int readers)
        {
            for (var most = _mostReaders; readers > most; most = _mostReaders)
            {
                Interlocked.CompareExchange(ref _mostReaders, readers, most);
            }
        }

        private sealed class Reading(Camera camera) : ISource<long>
        {
            private bool _isAgain;

            public string Name => camera.Name;

            public bool IsReplayable => false;

            public double? NominalRate => 250;

            public bool CanReadAgain(long from) => _isAgain = camera.Has(from);

            public IAsyncEnumerable<SourceItem<long>> ReadAsync(long from, CancellationToken cancellationToken)
            {
                var isAgain = _isAgain;
                _isAgain = false;
                return camera.ReadAsync(from, isAgain, cancellationToken);
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>Everything on the one node that works.</summary>
    private sealed class OnTheEdge(Workflow workflow) : IClusterPlanner
    {
        public Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken) => Task.FromResult(
            request.Members.Any(m => m.Worker == Edge)
                ? new ClusterPlan { Plan = Plans.Of(workflow, [(SourceId.Of("gates", "gate"), Edge), (SourceId.Of("yards", "yard"), Edge)], _ => [new Instance { Worker = Edge }]) }
                : new ClusterPlan { Reasons = ["The edge is not there."] });
    }
}
