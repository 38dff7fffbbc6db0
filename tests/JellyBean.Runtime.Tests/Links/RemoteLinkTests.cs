using System.Net;
using System.Net.Sockets;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Links.Sessions;
using JellyBean.Workflows.Elements;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>Links between two endpoints over loopback.</summary>
public sealed class RemoteLinkTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly LinkOptions Options = new() { WindowBytes = 64 * 1024 };

    private readonly LinkEndpoint _near = Start("same");
    private readonly LinkEndpoint _far = Start("same");

    public async ValueTask DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Link_elements_and_frontiers_arrive_in_order_and_the_end_is_acknowledged()
    {
        var receiver = _far.OpenReceiver(Items.End());
        await using var sender = _near.OpenSender(Items.End(), _far.Address);
        sender.Start();

        var receiving = Items.ReceiveAsync(receiver);
        await Items.SendAsync(sender, 2000, i => i % 100 == 0 ? 200_000 : i % 300).WaitAsync(Deadline);

        AssertWhole(await receiving.WaitAsync(Deadline), 2000);
    }

    [Fact]
    public async Task Link_that_is_cut_again_and_again_loses_and_doubles_nothing()
    {
        var random = new Random(7);
        var at = 0L;
        await using var proxy = new CuttingProxy(_far.Address) { CutsAt = new(Enumerable.Range(0, 40).Select(_ => at += random.Next(1000, 300_000))) };
        var receiver = _far.OpenReceiver(Items.End());
        var end = Items.End();
        await using var sender = _near.OpenSender(end, proxy.Address);
        sender.Start();

        var receiving = Items.ReceiveAsync(receiver);
        await Items.SendAsync(sender, 3000, i => i % 50 == 0 ? 100_000 : 500).WaitAsync(Deadline);

        AssertWhole(await receiving.WaitAsync(Deadline), 3000);
        Assert.True(proxy.Cuts > 10);
        var report = end.Meter.Report();
        Assert.InRange(report.Reconnects, 1, proxy.Cuts);
        Assert.True(report.Resent > 0);
        Assert.True(report.WireBytes > report.Bytes);
        Assert.Equal(3000, report.Elements);
    }

    [Fact]
    public async Task Link_cut_between_the_last_item_and_its_acknowledgement_learns_of_it_by_the_next_greeting()
    {
        using var far = new TcpListener(IPAddress.Loopback, 0);
        far.Start();
        var session = new ReceiverSession(Options.WindowBytes);

        // The other end stays silent once it has greeted, and that is not what ends the connection.
        await using var near = LinkEndpoint.Start(Options with { SilenceDeadline = TimeSpan.FromHours(1) }, null, "same", NullLoggerFactory.Instance, TimeProvider.System);
        await using var sender = near.OpenSender(Items.End(), new NodeAddress("127.0.0.1", ((IPEndPoint)far.LocalEndpoint).Port));
        sender.Start();

        using (var first = await GreetAsync(far, session).WaitAsync(Deadline))
        {
            var sending = Items.SendAsync(sender, 3, _ => 10);
            await ReadToEndAsync(first, session).WaitAsync(Deadline);
            Assert.False(sending.IsCompleted);
        }

        using var second = await GreetAsync(far, session).WaitAsync(Deadline);
        await sender.Delivered.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Link_whose_reader_waits_takes_no_more_than_its_window()
    {
        _far.OpenReceiver(Items.End());
        await using var sender = _near.OpenSender(Items.End(), _far.Address);
        sender.Start();
        await sender.WaitToWriteAsync();

        var written = 0;
        while (sender.TryWrite(Items.Element(written, 4000)))
        {
            written++;
        }

        Assert.InRange(written, 1, (Options.WindowBytes / 4000) + 1);
        Assert.True(sender.TryWrite(Items.Frontier(written)));
    }

    [Fact]
    public async Task Link_sender_that_fails_the_receiver_fails_with_its_cause_after_what_came_before()
    {
        var receiver = _far.OpenReceiver(Items.End());
        await using var sender = _near.OpenSender(Items.End(), _far.Address);
        sender.Start();

        await Items.SendAsync(sender, Items.Element(0));
        sender.Fail(new InvalidOperationException("The model broke."));

        Assert.True(await receiver.WaitToReadAsync().AsTask().WaitAsync(Deadline));
        Assert.True(receiver.TryRead(out _));
        var error = await Assert.ThrowsAsync<LinkException>(() => receiver.WaitToReadAsync().AsTask().WaitAsync(Deadline));
        Assert.Contains("The model broke.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_receiver_that_cancels_the_sender_fails_with_its_cause()
    {
        var receiver = _far.OpenReceiver(Items.End());
        await using var sender = _near.OpenSender(Items.End(), _far.Address);
        sender.Start();

        receiver.Cancel(new InvalidOperationException("The sink is full."));

        var error = await Assert.ThrowsAsync<LinkException>(() => sender.Delivered.WaitAsync(Deadline));
        Assert.Contains("The sink is full.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_receiver_that_opens_late_is_found()
    {
        await using var sender = _near.OpenSender(Items.End(), _far.Address);
        sender.Start();
        var sending = Items.SendAsync(sender, 10, _ => 10);
        await Eventually(() => _far.Refusals[Refusal.NotOpen] > 0);

        var items = await Items.ReceiveAsync(_far.OpenReceiver(Items.End())).WaitAsync(Deadline);

        AssertWhole(items, 10);
        await sending.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Link_of_an_older_epoch_is_fenced_with_both_epochs()
    {
        _far.OpenReceiver(Items.End(epoch: 5));
        await using var sender = _near.OpenSender(Items.End(epoch: 4), _far.Address);
        sender.Start();

        var error = await Assert.ThrowsAsync<LinkException>(() => sender.Delivered.WaitAsync(Deadline));

        Assert.Contains("4", error.Message, StringComparison.Ordinal);
        Assert.Contains("5", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _far.Refusals[Refusal.Fenced]);
    }

    [Fact]
    public async Task Link_of_another_workflow_is_refused_with_both_fingerprints()
    {
        await using var other = Start("other");
        _far.OpenReceiver(Items.End());
        await using var sender = other.OpenSender(Items.End(), _far.Address);
        sender.Start();

        var error = await Assert.ThrowsAsync<LinkException>(() => sender.Delivered.WaitAsync(Deadline));

        Assert.Contains("same", error.Message, StringComparison.Ordinal);
        Assert.Contains("other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_whose_sender_begins_anew_cannot_go_on()
    {
        var receiver = _far.OpenReceiver(Items.End());
        await using (var first = _near.OpenSender(Items.End(), _far.Address))
        {
            first.Start();
            await Items.SendAsync(first, Items.Element(0));
            await receiver.WaitToReadAsync().AsTask().WaitAsync(Deadline);
        }

        await using var second = _near.OpenSender(Items.End(), _far.Address);
        second.Start();

        await Assert.ThrowsAsync<LinkException>(() => second.Delivered.WaitAsync(Deadline));
        Assert.Equal(1, _far.Refusals[Refusal.Lost]);
    }

    [Fact]
    public async Task Link_element_that_cannot_be_sent_is_told_and_left_out_alone()
    {
        var failed = new List<Lineage>();
        var receiver = _far.OpenReceiver(Items.End());
        await using var near = LinkEndpoint.Start(Options with { MostElementBytes = 1024 }, null, "same", NullLoggerFactory.Instance, TimeProvider.System);
        await using var sender = near.OpenSender(Items.End(onFailed: (lineage, _) => failed.Add(lineage)), _far.Address);
        sender.Start();

        var receiving = Items.ReceiveAsync(receiver);
        await Items.SendAsync(sender, 10, i => i == 3 ? 2000 : 10).WaitAsync(Deadline);

        Assert.Equal([0L, 1, 2, 4, 5, 6, 7, 8, 9], (await receiving.WaitAsync(Deadline)).OfType<Element>().Select(e => e.Lineage.Number));
        Assert.Equal(3, Assert.Single(failed).Number);
    }

    [Fact]
    public async Task Link_admission_times_are_told_in_the_receivers_clock()
    {
        var receiver = _far.OpenReceiver(Items.End());
        await using var sender = _near.OpenSender(Items.End(), _far.Address);
        sender.Start();
        var element = Items.Element(0, age: System.Diagnostics.Stopwatch.Frequency);

        await Items.SendAsync(sender, element);
        await receiver.WaitToReadAsync().AsTask().WaitAsync(Deadline);
        receiver.TryRead(out var item);

        // One machine has one clock: what is wrong is what the greeting took.
        var wrong = System.Diagnostics.Stopwatch.GetElapsedTime(element.AdmittedAt, ((Element)item!).AdmittedAt);
        Assert.InRange(wrong, -Options.HandshakeDeadline, Options.HandshakeDeadline);
        Assert.Equal(element.EventTicks, ((Element)item).EventTicks);

        // A duration is the same by every clock.
        Assert.Equal(System.Diagnostics.Stopwatch.Frequency, ((Element)item).Age);
    }

    private static LinkEndpoint Start(string fingerprint) => LinkEndpoint.Start(Options, null, fingerprint, NullLoggerFactory.Instance, TimeProvider.System);

    private static async Task<TcpClient> GreetAsync(TcpListener far, ReceiverSession session)
    {
        var connection = await far.AcceptTcpClientAsync();
        var hello = await Greeting.ReadHelloAsync(connection.GetStream(), default);
        await connection.GetStream().WriteAsync(Greeting.Write(session.Greet(hello)));
        return connection;
    }

    private static async Task ReadToEndAsync(TcpClient connection, ReceiverSession session)
    {
        using var frames = new FrameReader(connection.GetStream(), 1024, Options.MostElementBytes);
        while (!session.IsEnded)
        {
            while (frames.TryRead(out var header, out _))
            {
                session.Receive(header);
            }

            Assert.True(session.IsEnded || await frames.FillAsync(default));
        }
    }

    private static void AssertWhole(IReadOnlyList<Item> items, int count)
    {
        var elements = items.OfType<Element>().ToList();
        Assert.Equal(Enumerable.Range(0, count).Select(n => (long)n), elements.Select(e => e.Lineage.Number));
        Assert.All(elements, e => Assert.Equal(e.Lineage.Number, ((Items.Parcel)e.Value).Number));

        // A frontier may be left out where a later one says the same, never come before what it settles.
        var last = -1L;
        foreach (var item in items)
        {
            switch (item)
            {
                case Element element:
                    Assert.True(element.Lineage.Number > last);
                    break;
                case Frontier frontier:
                    Assert.True(frontier.Number > last);
                    last = frontier.Number;
                    break;
            }
        }

        Assert.Equal(count - 1, last);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), deadline.Token);
        }
    }
}
