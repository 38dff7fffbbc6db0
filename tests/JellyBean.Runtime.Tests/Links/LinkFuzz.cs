using System.Buffers;
using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Links.Protocol;
using JellyBean.Runtime.Links.Sessions;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Payloads;
using MessagePack;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>Damages what a sender says, greeting and frames alike, and gives it to what a receiver reads with. Only refusals may come of it, and no more memory than the bytes are worth.</summary>
internal sealed class LinkFuzz
{
    private const int MostElementBytes = 64 * 1024;

    // What a few bytes may cost in memory: objects take more than their encodings, buffers of the pool and an exception's text besides.
    private const long LeastAllowance = 1 << 20;
    private const int AllowancePerByte = 256;

    private readonly Random _random;
    private readonly ItemFormat _format;
    private readonly ImmutableArray<byte[]> _greetings;
    private readonly ImmutableArray<byte[]> _frames;

    public LinkFuzz(int seed)
    {
        _random = new Random(seed);
        var codecs = ElementCodecs.Empty.With(new BlobCodec());
        _format = new ItemFormat(codecs.For<Thing>(), codecs.For<Kept>());
        _greetings = [.. Enumerable.Range(0, 4).Select(HelloOf)];
        _frames = [.. Enumerable.Range(0, 24).Select(FramesOf)];
    }

    /// <summary>Inputs that were read although they were damaged, or in part: damage must not all be refused at the first byte.</summary>
    public long Read { get; private set; }

    /// <summary>Tries one input.</summary>
    /// <returns>What should not have come of it; null if all is well.</returns>
    public string? Try()
    {
        var greeting = Damaged(_greetings[_random.Next(_greetings.Length)], _random.Next(3) == 0);
        var frames = Damaged([.. Enumerable.Range(0, _random.Next(1, 4)).SelectMany(_ => _frames[_random.Next(_frames.Length)])], true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Check(() => ReadGreeting(greeting)) ?? Check(() => ReadFrames(frames));
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        var allowed = LeastAllowance + (AllowancePerByte * (long)(greeting.Length + frames.Length));
        fault ??= used <= allowed ? null : $"{used} bytes of memory for {greeting.Length} and {frames.Length} bytes";
        return fault is null ? null : $"{fault}; greeting {Convert.ToHexString(greeting)}, frames {Convert.ToHexString(frames.AsSpan(0, Math.Min(frames.Length, 2000)))}";
    }

    private static string? Check(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception refused) when (refused is InvalidDataException or EndOfStreamException or VersionException)
        {
            return null;
        }
        catch (Exception crash)
        {
            return crash.ToString();
        }
    }

    private static void ReadGreeting(byte[] bytes)
    {
        // What is in memory is there at once: nothing is waited for.
        var reading = Greeting.ReadHelloAsync(new MemoryStream(bytes), default);
        _ = reading.IsCompleted ? reading.GetAwaiter().GetResult() : throw new InvalidOperationException("Reading waits.");
    }

    private void ReadFrames(byte[] bytes)
    {
        using var reader = new FrameReader(new MemoryStream(bytes), 4096, MostElementBytes);
        var session = new ReceiverSession(1 << 20);
        var queue = new ReceiveQueue();
        var names = new SourceNames();
        while (true)
        {
            while (reader.TryRead(out var header, out var body))
            {
                var element = header.Kind == FrameKind.Element ? _format.ReadElement(body, names, 0) : default;
                if (element.Cause is { } cause and not (InvalidDataException or MessagePackSerializationException or EndOfStreamException or ArgumentException or OverflowException))
                {
                    throw new InvalidOperationException("A value was refused for no good reason.", cause);
                }

                var item = header.Kind == FrameKind.Signal ? ItemFormat.ReadSignal(body, names) : element.Element;
                if (FrameHeader.IsNumbered(header.Kind))
                {
                    // Numbers are damaged, too, but what hides behind a wrong one is worth reading.
                    session.Receive(header with { Sequence = session.Received + 1 });
                }

                if (item is not null)
                {
                    queue.Add(item, 0);
                    Read++;
                }
            }

            var filling = reader.FillAsync(default);
            if (!(filling.IsCompleted ? filling.GetAwaiter().GetResult() : throw new InvalidOperationException("Reading waits.")))
            {
                return;
            }
        }
    }

    private byte[] Damaged(byte[] bytes, bool isDamaged)
    {
        if (!isDamaged)
        {
            return bytes;
        }

        var damaged = bytes.ToList();
        for (var i = _random.Next(1, 5); i > 0 && damaged.Count > 0; i--)
        {
            var at = _random.Next(damaged.Count);
            switch (_random.Next(6))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1:
                    damaged[at] = (byte)_random.Next(256);
                    break;
                case 2:
                    damaged[at] = (byte)(0xc0 + _random.Next(0x20));
                    break;
                case 3:
                    damaged.RemoveRange(at, Math.Min(_random.Next(1, 9), damaged.Count - at));
                    break;
                case 4:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(_random.Next(1, 40), damaged.Count - at)));
                    break;
                default:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
            }
        }

        return [.. damaged];
    }

    private byte[] HelloOf(int i) => Greeting.Write(new Hello
    {
        Fingerprint = new string('f', 32),
        Link = new LinkId(i, new OperatorId("detector"), new OperatorId("tracker"), i % 2, new WorkerId("edge-1"), new WorkerId("hub-1")),
        Session = Guid.NewGuid(),
        Attempt = 1,
        FirstHeld = 1,
        Clock = ItemFormat.Clock,
    });

    private byte[] FramesOf(int i)
    {
        var output = new BufferValueWriter(ArrayPool<byte>.Shared, MostElementBytes);
        output.Begin(FrameHeader.Bytes, 0);
        var lineage = Lineage.Of(SourceId.Of("in", "north"), i).Child(i);
        var kind = FrameKind.Element;
        switch (i % 4)
        {
            case 0:
                kind = FrameKind.Signal;
                ItemFormat.Write(new Frontier(lineage.Source, i, 1, i % 8 == 0), output);
                break;
            case 1:
                var joined = Lineage.Joined(lineage, 0, [lineage, Lineage.Of(SourceId.Of("in", "south"), i)], 0);
                _format.Write(new Element(joined, 1, new Kept("kept", [1, 2, 3]), 1, 1) { Parts = 3 }, output);
                break;
            default:
                _format.Write(new Element(lineage, 1, ThingOf(i), 1, 1), output);
                break;
        }

        var length = output.Written;
        var frame = output.Detach()[..length];
        new FrameHeader(kind, length - FrameHeader.Bytes, 1).Write(frame);
        return frame;
    }

    private static Thing ThingOf(int i) => new(
        i,
        new Blob(new byte[i * 100]),
        i % 3 == 0 ? null : new Left("left", i),
        [new Right(1.5f, [DateTimeOffset.UnixEpoch]), new Left("x", -1)],
        new Dictionary<string, decimal> { ["a"] = 1.5m, ["b"] = -2 },
        DayOfWeek.Friday,
        (Guid.Empty, TimeSpan.FromSeconds(i)),
        [.. Enumerable.Range(0, i)]);

    internal sealed record Thing(
        int Number, Blob Blob, Side? Side, IReadOnlyList<Side> Sides, IReadOnlyDictionary<string, decimal> Map, DayOfWeek Day, (Guid Id, TimeSpan Span) Pair, ImmutableHashSet<int> Set);

    internal sealed record Kept(string Name, ImmutableArray<int> Numbers);

    internal abstract record Side;

    internal sealed record Left(string Name, long Number) : Side;

    internal sealed record Right(float Half, DateTimeOffset[] Times) : Side;

    internal sealed record Blob(byte[] Bytes);

    private sealed class BlobCodec : IPayloadCodec<Blob>
    {
        public int SizeOf(Blob payload) => payload.Bytes.Length;

        public void Encode(Blob payload, IBufferWriter<byte> writer) => writer.Write(payload.Bytes);

        public Blob Decode(ReadOnlyMemory<byte> encoded) => new(encoded.ToArray());
    }
}
