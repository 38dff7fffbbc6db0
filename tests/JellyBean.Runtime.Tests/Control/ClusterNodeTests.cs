using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using JellyBean.Planning.Infrastructure;
using JellyBean.Planning.Plans;
using JellyBean.Runtime.Commands;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Security;
using JellyBean.Workflows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Control;

/// <summary>Nodes that find each other by address, and clients that ask them; data planes are fakes.</summary>
public sealed class ClusterNodeTests : IDisposable
{
    private const int CoordinatorLost = 1122;
    private const int NotYet = 1133;
    private const int Unheard = 1135;

    private readonly CancellationTokenSource _deadline = new(ClusterFixture.Deadline);
    private readonly Dictionary<string, FakeHost> _hosts = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-nodes-").FullName;

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Client_run_is_planned_for_the_members_and_told_to_its_end()
    {
        await using var boss = Start("boss", null, []);
        await using var edge = Start("edge-1", Tier.Edge, [boss.Address]);
        await Task.WhenAll(boss.Welcomed, edge.Welcomed).WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address, edge.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);

        var running = RunAsync(client);
        (await _hosts["edge-1"].Made.WaitAsync(_deadline.Token)).End();
        var status = await running.WaitAsync(_deadline.Token);

        Assert.Equal((1L, "boss", "idle"), (status.Epoch, status.Coordinator.Value, status.Phase));
        Assert.Equal((10_000L, 10_000L), status.Sources.Select(s => (s.Offered, s.Processed)).Single());
        Assert.Equal(["boss", "edge-1"], status.Members.Select(m => m.Node.Worker.Value));
    }

    [Fact]
    public async Task Client_with_another_workflow_is_refused_with_both_fingerprints()
    {
        await using var boss = Start("boss", null, []);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);

        var cause = await Assert.ThrowsAsync<RunException>(() => client.RunAsync("beef", ClusterFixture.Deadline, null, null, null, CancellationToken.None).WaitAsync(_deadline.Token));

        Assert.Contains("beef", cause.Message, StringComparison.Ordinal);
        Assert.Contains(ClusterFixture.Fingerprint, cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_whose_listener_fails_is_told_so_rather_than_left_waiting()
    {
        await using var boss = Start("boss", null, []);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);

        var running = client.RunAsync(ClusterFixture.Fingerprint, ClusterFixture.Deadline, new Deaf(), null, null, CancellationToken.None);

        Assert.Equal("heard nothing", (await Assert.ThrowsAsync<InvalidOperationException>(() => running.WaitAsync(_deadline.Token))).Message);
    }

    [Fact]
    public async Task Stop_drains_what_another_client_began()
    {
        await using var boss = Start("boss", null, []);
        await using var edge = Start("edge-1", Tier.Edge, [boss.Address]);
        await edge.Welcomed.WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        var running = RunAsync(client);
        await (await _hosts["edge-1"].Made.WaitAsync(_deadline.Token)).Started.WaitAsync(_deadline.Token);

        var status = await client.StopAsync(ClusterFixture.Deadline, _deadline.Token);
        await running.WaitAsync(_deadline.Token);

        Assert.True(_hosts["edge-1"].Fragments[0].IsDrained);
        Assert.Equal("", status.RunId);
    }

    [Fact]
    public async Task Node_leaves_its_fragment_moves_first()
    {
        await using var boss = Start("boss", null, []);
        await using var first = Start("edge-1", Tier.Edge, [boss.Address]);
        await first.Welcomed.WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        var running = RunAsync(client);
        await (await _hosts["edge-1"].Made.WaitAsync(_deadline.Token)).Started.WaitAsync(_deadline.Token);
        await using var second = Start("edge-2", Tier.Edge, [boss.Address]);
        await second.Welcomed.WaitAsync(_deadline.Token);

        Assert.True(await first.LeaveAsync(_deadline.Token));
        var moved = await _hosts["edge-2"].Made.WaitAsync(_deadline.Token);
        await moved.Started.WaitAsync(_deadline.Token);
        moved.End();
        var status = await running.WaitAsync(_deadline.Token);

        Assert.Equal((2L, 2L), (moved.Plan.Epoch, status.Epoch));
        Assert.True(_hosts["edge-1"].Fragments[0] is { IsAborted: true, IsDisposed: true });
    }

    [Fact]
    public async Task Nodes_leave_all_at_once_none_waits_for_the_others_and_the_run_goes_on_with_those_that_come()
    {
        await using var boss = Start("boss", null, []);
        await using var first = Start("edge-1", Tier.Edge, [boss.Address]);
        await using var second = Start("edge-2", Tier.Edge, [boss.Address]);
        await Task.WhenAll(first.Welcomed, second.Welcomed).WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        var running = RunAsync(client);
        await (await _hosts["edge-1"].Made.WaitAsync(_deadline.Token)).Started.WaitAsync(_deadline.Token);

        var left = await Task.WhenAll(first.LeaveAsync(_deadline.Token), second.LeaveAsync(_deadline.Token));
        await using var third = Start("edge-3", Tier.Edge, [boss.Address]);
        var again = await _hosts["edge-3"].Made.WaitAsync(_deadline.Token);
        await again.Started.WaitAsync(_deadline.Token);
        again.End();
        await running.WaitAsync(_deadline.Token);

        Assert.Equal([true, true], left);
        Assert.All(_hosts["edge-1"].Fragments, f => Assert.True(f is { IsAborted: true, IsDisposed: true }));
    }

    [Fact]
    public async Task Node_leaves_while_nobody_coordinates_it_says_so_and_waits_no_longer_than_it_may()
    {
        var told = new ListLoggers();
        var boss = Start("boss", null, []);
        await using var first = Start("edge-1", Tier.Edge, [boss.Address], loggers: told, leave: TimeSpan.FromSeconds(1));
        await first.Welcomed.WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        _ = RunAsync(client);
        var made = await _hosts["edge-1"].Made.WaitAsync(_deadline.Token);
        await made.Started.WaitAsync(_deadline.Token);
        var lost = told.Heard(CoordinatorLost, 1);
        await boss.LeaveAsync(_deadline.Token);
        await lost.WaitAsync(_deadline.Token);

        var isFree = await first.LeaveAsync(_deadline.Token);

        Assert.False(isFree);
        Assert.True(made.IsDisposed);
        Assert.Contains("nobody coordinates", told.Entries.Single(e => e.Id.Id == Unheard).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_move_what_runs_whichever_process_gives_them_and_status_and_history_tell()
    {
        await using var boss = Start("boss", null, []);
        await using var first = Start("edge-1", Tier.Edge, [boss.Address]);
        await using var second = Start("edge-2", Tier.Edge, [boss.Address]);
        await Task.WhenAll(first.Welcomed, second.Welcomed).WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address, first.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        var running = RunAsync(client);
        await (await _hosts["edge-1"].Made.WaitAsync(_deadline.Token)).Started.WaitAsync(_deadline.Token);

        var drained = await client.Control.DrainAsync(new WorkerId("edge-1"), new CommandOptions(), _deadline.Token);
        var refused = await boss.Control.PinAsync(new OperatorId("op"), Tier.Edge, new CommandOptions(), _deadline.Token);
        var status = await second.Control.StatusAsync(ClusterFixture.Deadline, _deadline.Token);
        var history = await client.Control.HistoryAsync(ClusterFixture.Deadline, _deadline.Token);
        await client.StopAsync(ClusterFixture.Deadline, _deadline.Token);
        await running.WaitAsync(_deadline.Token);

        Assert.Equal((CommandStatus.Done, 2L), (drained.Status, drained.Epoch));
        Assert.True(_hosts["edge-1"].Fragments[0].IsDisposed);
        Assert.Equal(CommandStatus.Refused, refused.Status);
        Assert.Equal(["edge-1"], status.Drained.Select(n => n.Value));
        Assert.Contains(history, d => d is { Trigger: "drain edge-1", EpochBefore: 1, EpochAfter: 2 });
        Assert.True(boss.Coordinates);
        Assert.False(first.Coordinates);
    }

    [Fact]
    public async Task Command_to_nobody_ends_with_its_deadline_or_when_it_is_cancelled()
    {
        await using var client = new ClusterClient([new NodeAddress("127.0.0.1", 1)], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        using var cancelled = new CancellationTokenSource();

        var late = client.Control.ReplanAsync(new CommandOptions { Deadline = TimeSpan.FromMilliseconds(300) }, _deadline.Token);
        var given = client.Control.ReplanAsync(new CommandOptions(), cancelled.Token);
        await cancelled.CancelAsync();

        Assert.Contains("No coordinator has answered", (await Assert.ThrowsAsync<RunException>(() => late.WaitAsync(_deadline.Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task Certificates_of_one_authority_join_those_of_another_do_not()
    {
        using var good = Certificates("good", "boss");
        using var alike = Certificates("good", "edge-1");
        using var rogue = Certificates("rogue", "edge-2");
        await using var boss = Start("boss", null, [], good);
        await using var edge = Start("edge-1", Tier.Edge, [boss.Address], alike);
        await using var stranger = Start("edge-2", Tier.Edge, [boss.Address], rogue);
        await using var plain = Start("edge-3", Tier.Edge, [boss.Address]);
        await Task.WhenAll(boss.Welcomed, edge.Welcomed).WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), alike, NullLoggerFactory.Instance);

        // Strangers have tried since before the edge was let in, and try on while the cluster answers.
        var status = await client.StatusAsync(ClusterFixture.Deadline, _deadline.Token);

        Assert.Equal(["boss", "edge-1"], status.Members.Select(m => m.Node.Worker.Value));
        Assert.False(stranger.Welcomed.IsCompleted || plain.Welcomed.IsCompleted);
    }

    [Fact]
    public async Task Bytes_that_are_no_messages_disturb_nothing()
    {
        await using var boss = Start("boss", null, []);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        await client.StatusAsync(ClusterFixture.Deadline, _deadline.Token);
        var random = new Random(5);
        for (var i = 0; i < 50; i++)
        {
            using var scanner = new TcpClient();
            await scanner.ConnectAsync(IPAddress.Loopback, boss.Address.Port, _deadline.Token);
            var bytes = new byte[random.Next(0, 4096)];
            random.NextBytes(bytes);
            try
            {
                await scanner.GetStream().WriteAsync(bytes, _deadline.Token);
            }
            catch (IOException)
            {
                // Shut out while it was still writing.
            }
        }

        var status = await client.StatusAsync(ClusterFixture.Deadline, _deadline.Token);

        Assert.Equal("boss", status.Coordinator.Value);
    }

    [Fact]
    public void Options_that_are_not_allowed_are_told_all_at_once()
    {
        var options = new ClusterNodeOptions { Listen = new NodeAddress("0.0.0.0", 0), Coordinators = 2 };

        var cause = Assert.Throws<ArgumentException>(() => ClusterNode.Start(
            ClusterFixture.Node("edge-1", Tier.Edge), ClusterFixture.Fingerprint, options, null, NullLoggerFactory.Instance, () => (new FakeHost(new WorkerId("edge-1")), null)));

        Assert.Contains("every address of this machine", cause.Message, StringComparison.Ordinal);
        Assert.Contains("no certificates", cause.Message, StringComparison.Ordinal);
        Assert.Contains("allowed are 1, 3, 5, 7", cause.Message, StringComparison.Ordinal);
        Assert.Contains("nobody to join", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_that_a_node_has_is_refused_to_a_second_one_with_what_to_do_and_free_at_once_when_it_has_left()
    {
        var boss = Start("boss", null, []);
        await boss.Welcomed.WaitAsync(_deadline.Token);
        await using var client = new ClusterClient([boss.Address], new NodeAddress("127.0.0.1", 0), null, NullLoggerFactory.Instance);
        await client.StatusAsync(ClusterFixture.Deadline, _deadline.Token);

        var told = new ListLoggers { Least = LogLevel.Debug };
        var refused = Assert.Throws<IOException>(() => Start("other", null, [], listen: boss.Address, loggers: told));
        var address = boss.Address;
        await using var endpoint = LinkEndpoint.Start(new LinkOptions(), null, ClusterFixture.Fingerprint, NullLoggerFactory.Instance, TimeProvider.System);
        var taken = Assert.Throws<IOException>(() => LinkEndpoint.Start(new LinkOptions { Port = endpoint.Address.Port }, null, ClusterFixture.Fingerprint, NullLoggerFactory.Instance, TimeProvider.System));
        await boss.DisposeAsync();
        await using var again = Start("boss", null, [], listen: address);
        await again.Welcomed.WaitAsync(_deadline.Token);
        var status = await client.StatusAsync(ClusterFixture.Deadline, _deadline.Token);

        Assert.Matches($"Control cannot listen at {address}: .*in use.* Choose another port, or 0 for any.", refused.Message);
        // How much of it Akka gets to say before its system has ended depends on the machine.
        Assert.All(told.Entries, e => Assert.Equal(LogLevel.Debug, e.Level));
        Assert.Matches("Links cannot listen on .*in use.* Choose another port, or 0 for any.", taken.Message);
        Assert.Equal((address, "boss"), (again.Address, status.Coordinator.Value));
    }

    [Fact]
    public async Task Second_node_of_a_name_is_told_once_why_it_waits_and_joins_when_the_first_has_gone()
    {
        var told = new ListLoggers { Least = LogLevel.Debug };
        await using var boss = Start("boss", null, []);
        await using var first = Start("edge-1", Tier.Edge, [boss.Address]);
        await Task.WhenAll(boss.Welcomed, first.Welcomed).WaitAsync(_deadline.Token);

        await using var second = Start("edge-1", Tier.Edge, [boss.Address], loggers: told);
        await told.Heard(NotYet, 2).WaitAsync(_deadline.Token);
        var joinedBeside = second.Welcomed.IsCompleted;
        await first.LeaveAsync(_deadline.Token);
        await second.Welcomed.WaitAsync(_deadline.Token);

        Assert.False(joinedBeside);
        var notYet = told.Entries.Where(e => e.Id.Id == NotYet).ToList();
        Assert.Equal([LogLevel.Warning, .. Enumerable.Repeat(LogLevel.Debug, notYet.Count - 1)], notYet.Select(e => e.Level));
        Assert.Contains("Give each node a name of its own", notYet[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_that_was_never_welcomed_leaves_nothing_behind_even_if_it_goes_at_once()
    {
        await using var lonely = Start("edge-1", Tier.Edge, [new NodeAddress("127.0.0.1", 1)]);

        Assert.True(await lonely.LeaveAsync(new CancellationToken(canceled: true)).WaitAsync(_deadline.Token));
    }

    private static Task<ClusterStatus> RunAsync(ClusterClient client) =>
        client.RunAsync(ClusterFixture.Fingerprint, ClusterFixture.Deadline, null, null, null, CancellationToken.None);

    private ClusterNode Start(string name, Tier? tier, ImmutableArray<NodeAddress> join, NodeCertificates? certificates = null, NodeAddress? listen = null, ILoggerFactory? loggers = null, TimeSpan? leave = null)
    {
        var worker = new WorkerId(name);
        var host = _hosts[name] = new FakeHost(worker);
        var description = ClusterFixture.Node(name, Tier.Edge) with { Tier = tier, IsCoordinator = tier is null };
        var options = new ClusterNodeOptions
        {
            Join = join,
            Certificates = certificates,
            Listen = listen ?? new ClusterNodeOptions().Listen,
            Patience = new LocalClusterOptions { ReportInterval = TimeSpan.FromMilliseconds(50), StopDeadline = TimeSpan.FromSeconds(5), LeaveDeadline = leave ?? ClusterFixture.Deadline },
        };
        return ClusterNode.Start(description, ClusterFixture.Fingerprint, options, new FirstMember(), loggers ?? NullLoggerFactory.Instance, () => (host, null));
    }

    private NodeCertificates Certificates(string authority, string name)
    {
        using var made = LocalAuthority.OpenOrCreate(Path.Combine(_folder, authority));
        return NodeCertificates.Load(made.Issue(name, ["127.0.0.1"]), null, made.CertificatePath, null);
    }

    /// <summary>Puts everything on the first node that is there.</summary>
    private sealed class FirstMember : IClusterPlanner
    {
        public Task<ClusterPlan> PlanAsync(ClusterPlanRequest request, CancellationToken cancellationToken) => Task.FromResult(
            request.Members.IsEmpty ? new ClusterPlan { Reasons = ["Nobody is there."] } : new ClusterPlan { Plan = PlanOn(request.Members[0].Worker) });

        private static Plan PlanOn(WorkerId worker) =>
            ClusterFixture.Plan() with { Placements = [new Placement { Operator = new OperatorId("op"), Instances = [new Instance { Worker = worker }] }] };
    }

    private sealed class Deaf : IProgress<ClusterStatus>
    {
        public void Report(ClusterStatus value) => throw new InvalidOperationException("heard nothing");
    }
}
