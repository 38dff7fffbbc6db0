using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Security;
using JellyBean.Runtime.Snapshots;
using JellyBean.Runtime.Snapshots.Copies;
using JellyBean.Runtime.Tests.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Snapshots;

/// <summary>Nodes with folders of their own keep copies of each other's parts.</summary>
public sealed class SnapshotCopiesTests : IDisposable
{
    private static readonly LinkOptions Options = new() { SilenceDeadline = TimeSpan.FromSeconds(2), HeartbeatInterval = TimeSpan.FromMilliseconds(500) };
    private readonly string _path = Directory.CreateTempSubdirectory("jellybean-copies-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task Snapshot_any_one_machine_is_lost_with_its_folder_whoever_is_left_has_all_of_it()
    {
        for (var lost = 0; lost < 4; lost++)
        {
            var site = Path.Combine(_path, $"{lost}");
            await using var nodes = new Nodes(site, "a", "b", "c", "d");
            var parts = await nodes.StoreAsync(1, bytes: 300_000);
            await nodes.LoseAsync(lost);

            foreach (var node in nodes.All)
            {
                var pieces = await node.Store.ReadAsync(1, parts, nodes.Addresses, CancellationToken.None);

                Assert.Equal(parts.Select(p => p.Worker.Value), pieces.Select(p => p.Owner));
                Assert.All(pieces, p => Assert.Equal(Nodes.ContentOf(p.Owner, 1, 300_000), p.Bytes.ToArray()));
            }
        }
    }

    [Fact]
    public async Task Part_is_kept_by_the_next_node_that_takes_it_and_the_receipt_says_by_whom()
    {
        await using var nodes = new Nodes(_path, "a", "b", "c");

        var parts = await nodes.StoreAsync(1, bytes: 10);
        await nodes.LoseAsync(1);
        var again = await nodes.All[0].Store.WriteAsync(Nodes.Part("a", 2, 10), nodes.Addresses, CancellationToken.None);

        Assert.Equal(["b", "c", "a"], parts.Select(p => p.Copy!.Value.Value));
        Assert.Equal("c", again.Copy!.Value.Value);
    }

    [Fact]
    public async Task Part_that_no_other_node_keeps_is_not_stored_and_it_is_said_why()
    {
        await using var nodes = new Nodes(_path, "a", "b");
        await nodes.LoseAsync(1);

        var cause = await Assert.ThrowsAsync<SnapshotException>(() => nodes.All[0].Store.WriteAsync(Nodes.Part("a", 1, 10), nodes.Addresses, CancellationToken.None));

        Assert.Contains("no other node keeps a copy", cause.Message, StringComparison.Ordinal);
        Assert.Contains("'b'", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_alone_stores_its_part_without_a_copy()
    {
        await using var nodes = new Nodes(_path, "a");

        Assert.Null(Assert.Single(await nodes.StoreAsync(1, bytes: 10)).Copy);
    }

    [Fact]
    public async Task Folder_that_nodes_share_has_each_part_once()
    {
        await using var nodes = new Nodes(_path, null, isShared: true, "a", "b");

        var parts = await nodes.StoreAsync(1, bytes: 10);
        await nodes.CompleteAsync(1, parts);

        Assert.All(parts, p => Assert.NotNull(p.Copy));
        Assert.Equal(["a.part", "b.part", "complete.json"], Directory.GetFiles(Path.Combine(_path, "shared", "0000000001")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Old_snapshots_are_forgotten_by_every_node_also_by_one_that_only_keeps_copies()
    {
        await using var nodes = new Nodes(_path, "a", "b", "c");
        for (var snapshot = 1; snapshot <= 5; snapshot++)
        {
            // What 'a' runs alone, 'b' keeps a copy of; nobody tells 'b' that a snapshot is complete.
            var part = await nodes.All[0].Store.WriteAsync(Nodes.Part("a", snapshot, 10), nodes.Addresses, CancellationToken.None);
            await nodes.All[0].Store.CompleteAsync(Nodes.Manifest(snapshot, [part]), CancellationToken.None);
        }

        Assert.Equal(["0000000004", "0000000005"], nodes.SnapshotsOf("a"));
        Assert.Equal(["0000000003", "0000000004", "0000000005"], nodes.SnapshotsOf("b"));
        Assert.Empty(nodes.SnapshotsOf("c"));
    }

    [Fact]
    public async Task Snapshots_of_a_run_that_was_forgotten_give_way_to_those_of_the_next_one()
    {
        await using var nodes = new Nodes(_path, "a", "b");
        foreach (var (snapshot, epoch) in new[] { (56, 7L), (57, 7L), (1, 8L) })
        {
            await nodes.CompleteAsync(snapshot, await nodes.StoreAsync(snapshot, bytes: 10), epoch);
        }

        Assert.Equal(["0000000001"], nodes.SnapshotsOf("a"));
        Assert.Equal(["a.part", "b.part", "complete.json"], nodes.FilesOf("b").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Copy_whose_connection_is_cut_at_any_place_is_not_taken_for_one()
    {
        var random = new Random(3);
        for (var i = 0; i < 20; i++)
        {
            await using var nodes = new Nodes(Path.Combine(_path, $"{i}"), "a", "b");
            await using var proxy = new CuttingProxy(nodes.Addresses[new WorkerId("b")]) { CutsAt = new Queue<long>([random.Next(1, 190_000)]) };
            var through = nodes.Addresses.SetItem(new WorkerId("b"), proxy.Address);

            var first = await Record.ExceptionAsync(() => nodes.All[0].Store.WriteAsync(Nodes.Part("a", 1, 200_000), through, CancellationToken.None));
            Assert.IsType<SnapshotException>(first);
            Assert.DoesNotContain(nodes.FilesOf("b"), f => f.EndsWith(".part", StringComparison.Ordinal));

            var second = await nodes.All[0].Store.WriteAsync(Nodes.Part("a", 1, 200_000), nodes.Addresses, CancellationToken.None);
            Assert.Equal("b", second.Copy!.Value.Value);
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_request_or_not_the_part_that_was_said_leave_nothing_behind()
    {
        await using var nodes = new Nodes(_path, "a");
        var random = new Random(9);
        for (var i = 0; i < 200; i++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, nodes.Addresses[new WorkerId("a")].Port);
            var content = new byte[100];
            random.NextBytes(content);
            var request = new PartRequest((PartErrand)random.Next(0, 4), random.Next(4) == 0 ? "other" : "same", new SnapshotReceipt(random.Next(-1, 3), new WorkerId("../x"), random.NextInt64(-1, 1L << 40), 1), 0);
            var greeting = Greeting.Write(PartRequest.Magic, random.Next(2) == 0 ? request.Write : (request with { Errand = PartErrand.Keep, Fingerprint = "same", Part = new SnapshotReceipt(1, new WorkerId("../x"), 100, 1) }).Write);
            if (random.Next(3) == 0)
            {
                greeting[random.Next(8, greeting.Length)] ^= (byte)random.Next(1, 256);
            }

            await socket.GetStream().WriteAsync(greeting.Concat(content).ToArray());
            socket.Client.Shutdown(SocketShutdown.Send);

            // Shut out, in an orderly way or not.
            await Record.ExceptionAsync(() => socket.GetStream().CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromSeconds(30)));
        }

        // Those that hung up first may not have been noticed yet.
        var deadline = DateTime.UtcNow + TimeSpan.FromSeconds(120);
        while (nodes.FilesOf("a").Any() && DateTime.UtcNow < deadline)
        {
            await Task.Delay(20);
        }

        Assert.Empty(nodes.FilesOf("a"));
        Assert.Equal(10, Assert.Single(await nodes.StoreAsync(2, bytes: 10)).Bytes - Nodes.Overhead("a", 2));
    }

    [Fact]
    public async Task Copies_travel_by_tls_where_links_do_and_strangers_get_none()
    {
        using var authority = LocalAuthority.OpenOrCreate(Path.Combine(_path, "authority"));
        using var rogue = LocalAuthority.OpenOrCreate(Path.Combine(_path, "rogue"));
        using var certificate = NodeCertificates.Load(authority.Issue("node", ["127.0.0.1"]), null, authority.CertificatePath, null);
        using var other = NodeCertificates.Load(rogue.Issue("node", ["127.0.0.1"]), null, rogue.CertificatePath, null);
        await using var nodes = new Nodes(Path.Combine(_path, "good"), certificate, isShared: false, "a", "b");
        await using var stranger = new Nodes(Path.Combine(_path, "bad"), other, isShared: false, "c");

        var parts = await nodes.StoreAsync(1, bytes: 100_000);

        Assert.All(parts, p => Assert.NotNull(p.Copy));
        await Assert.ThrowsAsync<SnapshotException>(() => stranger.All[0].Store.ReadAsync(1, parts, nodes.Addresses, CancellationToken.None));
    }

    private sealed record Node(WorkerId Worker, string Folder, LinkEndpoint Endpoint, SnapshotStore Store);

    private sealed class Nodes : IAsyncDisposable
    {
        private readonly List<Node> _all = [];
        private readonly string _path;

        public Nodes(string path, params string[] names)
            : this(path, null, isShared: false, names)
        {
        }

        public Nodes(string path, NodeCertificates? certificates, bool isShared, params string[] names)
        {
            _path = path;
            foreach (var name in names)
            {
                var folder = Path.Combine(path, isShared ? "shared" : name);
                var endpoint = LinkEndpoint.Start(Options, certificates, "same", NullLoggerFactory.Instance, TimeProvider.System);
                var store = new SnapshotStore(
                    new WorkerId(name), new SnapshotOptions { Folder = folder, Deadline = TimeSpan.FromSeconds(30) }, TimeProvider.System, endpoint, "same", Options.SilenceDeadline);
                _all.Add(new Node(new WorkerId(name), folder, endpoint, store));
                Addresses = Addresses.Add(new WorkerId(name), endpoint.Address);
            }
        }

        public IReadOnlyList<Node> All => _all;

        public ImmutableSortedDictionary<WorkerId, NodeAddress> Addresses { get; } = ImmutableSortedDictionary<WorkerId, NodeAddress>.Empty;

        public static SnapshotPart Part(string worker, long snapshot, int bytes) =>
            new(snapshot, 1, new WorkerId(worker), [new StatePiece(worker, 1, ContentOf(worker, snapshot, bytes))]);

        public static byte[] ContentOf(string worker, long snapshot, int bytes)
        {
            var content = new byte[bytes];
            new Random((int)snapshot + worker[0]).NextBytes(content);
            return content;
        }

        public static long Overhead(string worker, long snapshot) => PartFormat.Write(Part(worker, snapshot, 10)).Length - 10;

        public static SnapshotManifest Manifest(long snapshot, ImmutableArray<SnapshotReceipt> parts, long epoch = 1) => new()
        {
            Snapshot = snapshot,
            Epoch = epoch,
            Workflow = "w",
            Fingerprint = "same",
            TakenAt = DateTimeOffset.UnixEpoch,
            Sources = [],
            Parts = parts,
        };

        public async Task<ImmutableArray<SnapshotReceipt>> StoreAsync(long snapshot, int bytes) =>
            [.. await Task.WhenAll(All.Select(n => n.Store.WriteAsync(Part(n.Worker.Value, snapshot, bytes), Addresses, CancellationToken.None)))];

        public async Task CompleteAsync(long snapshot, ImmutableArray<SnapshotReceipt> parts, long epoch = 1)
        {
            foreach (var node in All)
            {
                await node.Store.CompleteAsync(Manifest(snapshot, parts, epoch), CancellationToken.None);
            }
        }

        public async Task LoseAsync(int index)
        {
            var node = All[index];
            _all.RemoveAt(index);
            await node.Endpoint.DisposeAsync();
            if (Directory.Exists(node.Folder))
            {
                Directory.Delete(node.Folder, recursive: true);
            }
        }

        public IEnumerable<string?> SnapshotsOf(string name) => Directory.Exists(Path.Combine(_path, name))
            ? Directory.GetDirectories(Path.Combine(_path, name)).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            : [];

        public IEnumerable<string> FilesOf(string name) => Directory.Exists(Path.Combine(_path, name)) ? Directory.GetFiles(Path.Combine(_path, name), "*", SearchOption.AllDirectories) : [];

        public async ValueTask DisposeAsync()
        {
            foreach (var node in All)
            {
                await node.Endpoint.DisposeAsync();
            }
        }
    }
}
