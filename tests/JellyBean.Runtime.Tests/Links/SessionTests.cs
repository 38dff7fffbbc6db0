using CsCheck;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Links.Sessions;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>The two ends of a link over a network that loses whatever is on the way when it is cut.</summary>
public sealed class SessionTests
{
    private const int Window = 8 * LinkProtocol.LeastCost;
    private static readonly LinkId Id = new(1, new OperatorId("a"), new OperatorId("b"), 0, new WorkerId("x"), new WorkerId("y"));

    [Fact]
    public void Sessions_any_interleaving_of_writes_reads_and_cuts_everything_comes_once_in_order()
    {
        Gen.Select(Gen.Int[0, 7].Array[20, 400], Gen.Int[0, 5000].Array[1, 40]).Sample((steps, sizes) => new Run(sizes).Check(steps), iter: 3000, threads: 1);
    }

    [Fact]
    public void Sender_that_has_no_credit_may_send_frontiers_but_no_elements()
    {
        var run = new Run([LinkProtocol.LeastCost]);
        run.Connect();
        while (run.Sender.CanOffer(FrameKind.Element))
        {
            run.Offer(FrameKind.Element);
        }

        Assert.True(run.Sender.CanOffer(FrameKind.Signal));
        Assert.Equal(Window / LinkProtocol.LeastCost, run.Sender.Last);
    }

    [Fact]
    public void Sender_acknowledged_before_its_write_has_ended_keeps_the_buffer()
    {
        var released = 0;
        var sender = new SenderSession(1 << 20, _ => released++);
        sender.Resume(Guid.NewGuid(), new AckBody(0, Window));
        sender.Offer(FrameKind.Element, new byte[100], 100);
        sender.TryTake(out _);

        sender.OnAck(new AckBody(1, Window));
        Assert.Equal(0, released);

        sender.Written();
        Assert.Equal(1, released);
    }

    [Theory]
    [InlineData(5, Window)]
    [InlineData(-1, Window)]
    [InlineData(0, Window - 1)]
    public void Sender_acknowledged_what_cannot_be_refuses(long received, long granted)
    {
        var sender = new SenderSession(1 << 20, _ => { });
        sender.Resume(Guid.NewGuid(), new AckBody(0, Window));
        sender.Offer(FrameKind.Element, new byte[100], 100);
        sender.TryTake(out _);

        Assert.Throws<LinkException>(() => sender.OnAck(new AckBody(received, granted)));
    }

    [Fact]
    public void Sender_meets_another_receiver_cannot_go_on()
    {
        var sender = new SenderSession(1 << 20, _ => { });
        sender.Resume(Guid.NewGuid(), new AckBody(0, Window));

        Assert.Throws<LinkException>(() => sender.Resume(Guid.NewGuid(), new AckBody(0, Window)));
    }

    [Fact]
    public void Receiver_greeted_again_as_before_refuses_and_changes_nothing()
    {
        var receiver = new ReceiverSession(Window);
        var hello = HelloOf(Guid.NewGuid(), attempt: 3);
        Assert.Equal(Verdict.Welcome, receiver.Greet(hello).Verdict);

        Assert.Equal(Verdict.Replayed, receiver.Greet(hello).Verdict);
        Assert.Equal(Verdict.Replayed, receiver.Greet(hello with { Attempt = 2 }).Verdict);
        Assert.Equal(Verdict.Lost, receiver.Greet(hello with { Session = Guid.NewGuid(), Attempt = 4 }).Verdict);
        Assert.Equal(Verdict.Lost, receiver.Greet(hello with { Attempt = 4, FirstHeld = 2 }).Verdict);
        Assert.Equal(Verdict.Welcome, receiver.Greet(hello with { Attempt = 4 }).Verdict);
    }

    [Fact]
    public void Receiver_element_without_credit_or_out_of_order_refuses()
    {
        var receiver = new ReceiverSession(Window);
        receiver.Greet(HelloOf(Guid.NewGuid(), attempt: 1));
        receiver.Receive(new FrameHeader(FrameKind.Element, Window, 1));

        Assert.Throws<InvalidDataException>(() => receiver.Receive(new FrameHeader(FrameKind.Element, 1, 2)));
        Assert.Throws<InvalidDataException>(() => receiver.Receive(new FrameHeader(FrameKind.Signal, 1, 3)));
        receiver.Receive(new FrameHeader(FrameKind.Signal, 1, 2));
        Assert.Equal(2, receiver.Received);
    }

    private static Hello HelloOf(Guid session, long attempt, long firstHeld = 1) =>
        new() { Fingerprint = "f", Link = Id, Session = session, Attempt = attempt, FirstHeld = firstHeld, Clock = 0 };

    /// <summary>Both ends, what is on the way between them, and what has come out.</summary>
    private sealed class Run(int[] sizes)
    {
        private readonly Guid _session = Guid.NewGuid();
        private readonly ReceiverSession _receiver = new(Window);
        private readonly Queue<OutFrame> _forth = new();
        private readonly Queue<AckBody> _back = new();
        private readonly Queue<(long Sequence, int Cost)> _held = new();
        private readonly HashSet<byte[]> _lent = [];
        private readonly List<long> _out = [];
        private bool _isConnected;
        private long _attempt;

        public SenderSession Sender => field ??= new SenderSession(3 * Window, buffer => Assert.True(_lent.Remove(buffer)));

        public void Check(int[] steps)
        {
            foreach (var step in steps)
            {
                Step(step);
                Assert.True(_held.Sum(h => h.Cost) < Window + LinkProtocol.LeastCost + sizes.Max());
            }

            // In the end, the network is kind.
            Offer(FrameKind.Completed);
            for (var i = 0; !Sender.IsDelivered; i++)
            {
                Assert.True(i < 100_000, "It never ends.");
                for (var step = 1; step < 7; step++)
                {
                    Step(step);
                }
            }

            while (_held.TryDequeue(out var held))
            {
                _out.Add(held.Sequence);
            }

            Assert.Equal(Enumerable.Range(1, (int)Sender.Last).Select(n => (long)n), _out);
            Sender.Written();
            Assert.Empty(_lent);
        }

        public void Connect()
        {
            var hello = HelloOf(_session, ++_attempt, Sender.FirstHeld);
            var reply = _receiver.Greet(hello);
            Assert.Equal(Verdict.Welcome, reply.Verdict);
            Sender.Resume(reply.Session, new AckBody(reply.Received, reply.Granted));
            _isConnected = true;
        }

        public void Offer(FrameKind kind)
        {
            var size = FrameHeader.Bytes + (kind == FrameKind.Completed ? 0 : sizes[Sender.Last % sizes.Length]);
            var buffer = new byte[size];
            _lent.Add(buffer);
            Sender.Offer(kind, buffer, size);
        }

        private void Step(int step)
        {
            var kind = Sender.Last % 3 == 0 ? FrameKind.Signal : FrameKind.Element;
            switch (step)
            {
                case 0:
                    // Cut: what is on the way is gone, in both directions.
                    _isConnected = false;
                    _forth.Clear();
                    _back.Clear();
                    break;
                case 1 when !_isConnected:
                    Connect();
                    break;
                case 1 or 2 when Sender.CanOffer(kind):
                    Offer(kind);
                    break;
                case 3 when _isConnected && Sender.TryTake(out var frame):
                    _forth.Enqueue(frame);
                    break;
                case 4 when _isConnected && _forth.TryDequeue(out var frame):
                    var header = FrameHeader.Read(frame.Buffer, int.MaxValue);
                    _held.Enqueue((header.Sequence, _receiver.Receive(header)));
                    break;
                case 5 when _held.TryDequeue(out var held):
                    _receiver.Consumed(held.Cost);
                    _out.Add(held.Sequence);
                    break;
                case 6:
                    if (_isConnected && _receiver.IsAckDue)
                    {
                        _back.Enqueue(_receiver.TakeAck());
                    }

                    if (_back.TryDequeue(out var ack))
                    {
                        Sender.OnAck(ack);
                    }

                    break;
                case 7:
                    Sender.Written();
                    break;
            }
        }
    }
}
