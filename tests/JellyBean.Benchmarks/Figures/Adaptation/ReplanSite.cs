using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using JellyBean.Hosting.Clusters;
using JellyBean.Hosting.Commands;
using JellyBean.Planning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Profiles;
using JellyBean.Planning.Replanning;
using JellyBean.Runtime;
using JellyBean.Runtime.Calibration;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Tests.Links;
using JellyBean.Workflows;
using JellyBean.Workflows.Inputs;
using JellyBean.Workflows.Models;
using JellyBean.Workflows.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Benchmarks.Figures.Adaptation;

/// <summary>A real coordinator, planner and nodes with links over loopback, all in this process: a sensor, two boxes on its tier, two in a cloud. The model waits instead of computing, so that machines do not get in each other's way.</summary>
internal sealed class ReplanSite : IAsyncDisposable, IClusterPlanner
{
    /// <summary>Shorter than by default: a figure has minutes.</summary>
    public static readonly ReplanOptions Options = new() { Every = TimeSpan.FromSeconds(5), CoolDown = TimeSpan.FromSeconds(10), RateHalfLife = TimeSpan.FromSeconds(3), TrendHalfLife = TimeSpan.FromSeconds(15), Ahead = TimeSpan.FromSeconds(5) };

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(30);
    private const int Bytes = 20_000;

    // What is on a line that has become slow must come over it before anything can move.
    private const int WindowBytes = 256 << 10;

    private static readonly Input<byte[]> Blobs = new("blobs") { Overload = Overload.DropOldest(64) };
    private static readonly Output<int> Lengths = new("lengths");
    private static readonly OperatorId Measurer = new("measurer");
    private static readonly Workflow Workflow = Workflow.Define("replan-site", w => w
        .From(Blobs)
        .Infer(Model.Define<byte[], int>("measurer", [new WaitingVariant("only", Each)]), (_, length) => length)
        .To(Lengths));

    // Links of a machine behind a line are reached by this address, where the line begins, and listen on the other one, at the same port.
    private static readonly IPAddress LineHost = IPAddress.Parse("127.0.0.2");

    private readonly List<ClusterNode> _nodes = [];
    private readonly List<SlowRelay> _lines = [];
    private readonly double _planned;
    private readonly double _actual;

    private readonly double? _lineBitsPerSecond;

    /// <param name="planned">Elements per second that are planned for.</param>
    /// <param name="actual">Elements per second that come.</param>
    /// <param name="lineBitsPerSecond">What lies before the machines of the cloud carries so much; null for loopback itself.</param>
    public ReplanSite(double planned, double actual, double? lineBitsPerSecond = null) => (_planned, _actual, _lineBitsPerSecond) = (planned, actual, lineBitsPerSecond);

    /// <summary>The machines that the model was planned on, one plan after the other.</summary>
    public List<string> Cuts { get; } = [];

    /// <summary>What machines and links cost; may change at any time, as a catalogue's file may.</summary>
    public InfrastructureCatalogue Catalogue { get; set; } = new()
    {
        Name = "replan",
        Tiers = [Tier.Edge, Tier.Cloud],
        WorkerTypes =
        [
            new WorkerType { Id = new("sensor"), Tier = Tier.Edge, PricePerHour = 0.01, Cores = 1, MemoryBytes = 1 << 30, IsSourceOnly = true },
            new WorkerType { Id = new("box"), Tier = Tier.Edge, PricePerHour = 0.5, Cores = 1, MemoryBytes = 1 << 30, Ownership = Ownership.OnDemand },
            new WorkerType { Id = new("server"), Tier = Tier.Cloud, PricePerHour = 0.1, Cores = 1, MemoryBytes = 1 << 30, Ownership = Ownership.OnDemand },
        ],
        Workers =
        [
            new Worker { Id = new("sensor-1"), Type = new("sensor") },
            new Worker { Id = new("box-1"), Type = new("box") }, new Worker { Id = new("box-2"), Type = new("box") },
            new Worker { Id = new("server-1"), Type = new("server") }, new Worker { Id = new("server-2"), Type = new("server") },
        ],
        Links =
        [
            new TierLink { From = Tier.Edge, To = Tier.Cloud, BytesPerSecond = 1e8, RoundTrip = TimeSpan.FromMilliseconds(1) },
            new TierLink { From = Tier.Cloud, To = Tier.Edge, BytesPerSecond = 1e8, RoundTrip = TimeSpan.FromMilliseconds(1) },
        ],
    };

    /// <summary>What came out.</summary>
    public CountingSink<int> Sink { get; } = new();

    public ImmutableArray<Tier> Tiers => Catalogue.Tiers;

    private IWorkflowControl Control => _nodes[0].Control;

    public async Task StartAsync()
    {
        await StartAsync("boss", null, null, []);
        await Task.WhenAll(Catalogue.Workers.Select(w => StartAsync(w.Id.Value, Catalogue.TypeOf(w.Id).Tier, w.Type, [_nodes[0].Address])));
        if (_lineBitsPerSecond is { } rate)
        {
            // Nothing is sent before there is a run.
            var members = (await Control.StatusAsync(Patience, CancellationToken.None)).Members;
            _lines.AddRange(members.Where(m => m.Node.Tier == Tier.Cloud)
                .Select(m => new SlowRelay(new NodeAddress("127.0.0.1", m.LinkAddress!.Value.Port), TimeSpan.Zero, rate, new IPEndPoint(LineHost, m.LinkAddress.Value.Port))));
        }
    }

    /// <summary>The lines to the cloud carry another rate from now on; the catalogue does not know.</summary>
    public void Narrow(double bitsPerSecond) => _lines.ForEach(l => l.BitsPerSecond = bitsPerSecond);

    /// <summary>Runs the workflow, until something has happened.</summary>
    /// <param name="whenRunning">Called when the first plan is in force.</param>
    /// <param name="until">What is waited for, of the decisions so far.</param>
    /// <param name="deadline">How long.</param>
    public async Task<ImmutableArray<Decision>> RunAsync(Func<Task> whenRunning, Func<ImmutableArray<Decision>, bool> until, TimeSpan deadline)
    {
        await using var client = new ClusterClient([_nodes[0].Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        using var ends = new CancellationTokenSource(deadline + Patience);
        var running = client.RunAsync(Workflow.Fingerprint, Patience, null, null, null, ends.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while ((await Control.StatusAsync(Patience, ends.Token)).Phase != "running")
        {
            await timer.WaitForNextTickAsync(ends.Token);
        }

        await whenRunning();
        var began = TimeProvider.System.GetTimestamp();
        var history = await Control.HistoryAsync(Patience, ends.Token);
        while (!until(history) && TimeProvider.System.GetElapsedTime(began) < deadline)
        {
            await timer.WaitForNextTickAsync(ends.Token);
            history = await Control.HistoryAsync(Patience, ends.Token);
        }

        var status = await client.StopAsync(Patience, ends.Token);
        await running.WaitAsync(ends.Token);
        CommandText.Write(history, Console.Out);
        foreach (var source in status.Sources)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {source.Source}: {source.Offered} in, {source.Processed} processed, {source.Dropped} dropped, {source.Failed} failed; {Sink.Count} results"));
        }

        return history;
    }

    /// <summary>What the cheapest plan costs for what comes, $/h.</summary>
    public double Optimum() => Optimizer.Planner.Plan(Problem(_actual)).Plan!.Cost.TotalPerHour;

    public async Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken)
    {
        var answer = await Task.Run(() => MemberPlan.Of(Problem(_planned), request, new CheapestPlanner()), cancellationToken);
        if ((request.Replan is null ? answer.Plan : answer.Decision?.Proposed) is { } plan)
        {
            Cuts.Add(string.Join(", ", plan[Measurer].Instances.Select(i => i.Worker)));
        }

        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            await node.DisposeAsync();
        }

        foreach (var line in _lines)
        {
            await line.DisposeAsync();
        }
    }

    private PlanningProblem Problem(double rate) => new()
    {
        Workflow = Workflow,
        Profile = new Profile
        {
            Provenance = "made up: what the waiting model does",
            Machine = ThisMachine.Fingerprint,
            ServiceTimes = [new ServiceTime { Operator = Measurer, Variant = "only", ServiceMs = Each.TotalMilliseconds }],
            Footprints = [new Footprint { Operator = Measurer, Variant = "only", MemoryBytes = 1 }],
            Outputs = [new OutputProfile { Operator = new("blobs"), MessageBytes = Bytes }, new OutputProfile { Operator = Measurer, Variant = "only", MessageBytes = 8 }],
        },
        Catalogue = Catalogue,
        Sources = [new SourceDemand { Source = SourceId.Of("blobs", "one"), Input = new("blobs"), Rate = rate, Tier = Tier.Edge, Worker = new WorkerId("sensor-1") }],
        Options = new PlanningOptions { Burstiness = 1 },
    };

    private async Task StartAsync(string name, Tier? tier, WorkerTypeId? type, ImmutableArray<NodeAddress> join)
    {
        var bindings = new WorkflowBindings(Workflow).With(Blobs, "one", () => new OpenLoopSource<byte[]>("one", [new byte[Bytes]], _ => _actual)).With(Lengths, () => Sink);
        var description = new NodeDescription { Worker = new WorkerId(name), Tier = tier, Type = type, Cores = 1, MemoryBytes = 1 << 30, IsCoordinator = tier is null };
        var isBehindLine = _lineBitsPerSecond is not null && tier == Tier.Cloud;
        var options = new ClusterNodeOptions
        {
            Links = new LinkOptions { WindowBytes = WindowBytes, AdvertisedHost = isBehindLine ? LineHost.ToString() : null },
            AllowsPlaintext = _lineBitsPerSecond is not null,
            Join = join,
            Patience = new LocalClusterOptions { Adaptation = new AdaptationOptions(), Replanning = Options },
        };
        var node = ClusterNode.Start(bindings, description, options, tier is null ? this : null, NullLoggerFactory.Instance);
        _nodes.Add(node);
        await node.Welcomed.WaitAsync(Patience);
    }

    private sealed class WaitingVariant(string name, TimeSpan each) : Variant<byte[], int>(name)
    {
        public override Task<LoadedVariant<byte[], int>> LoadAsync(Device device, CancellationToken cancellationToken) => Task.FromResult<LoadedVariant<byte[], int>>(new Loaded(each));

        private sealed class Loaded(TimeSpan each) : LoadedVariant<byte[], int>
        {
            private readonly ManualResetEventSlim _never = new();

            public override long MemoryBytes => 1;

            public override void Run(ReadOnlySpan<byte[]> batch, Span<int> results)
            {
                _never.Wait(each * batch.Length);
                for (var i = 0; i < batch.Length; i++)
                {
                    results[i] = batch[i].Length;
                }
            }

            protected override void Dispose(bool disposing) => _never.Dispose();
        }
    }
}
