using System.Buffers;
using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Fragments;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Security;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;
using JellyBean.Workflows.Payloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>Elements over the engine's own links, from stage to stage.</summary>
internal static class LinkTraffic
{
    private const string Quiet = "akka { loglevel = ERROR, stream.materializer { initial-input-buffer-size = 4, max-input-buffer-size = 4 } }";

    private static readonly SourceId Origin = SourceId.Of("in", "s");
    private static readonly LinkId Id = new(1, new OperatorId("a"), new OperatorId("b"), 0, new WorkerId("near"), new WorkerId("far"));

    private static LinkEnd End
    {
        get
        {
            var codecs = ElementCodecs.Empty.With(new BlobCodec());
            return new LinkEnd(Id, new ItemFormat(codecs.For<Parcel>(), null), new LinkMeter(Id.From, Id.To, Id.ToWorker), (_, cause) => throw cause);
        }
    }

    /// <summary>Elements as a source would give them; made beforehand, so that only the link allocates.</summary>
    public static Element[] Elements(int bytes) =>
        [.. Enumerable.Range(0, 256).Select(i => new Element(Lineage.Of(Origin, i), 0, new Parcel(i, Blob.Filled((byte)i, bytes)), 0, 1))];

    /// <summary>What a value takes in memory where it is decoded: objects and bytes.</summary>
    public static double ValueBytes(int bytes)
    {
        const int Values = 100;
        var kept = new Parcel[Values];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Values; i++)
        {
            kept[i] = new Parcel(i, new Blob(GC.AllocateUninitializedArray<byte>(bytes)));
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)kept.Length;
    }

    /// <summary>Sends until all has arrived.</summary>
    /// <returns>Bytes allocated per element, and what the link counted.</returns>
    public static async Task<(double AllocatedBytes, LinkReport Report)> SendAsync(NodeAddress to, LinkLoad load, TimeSpan? pace = null)
    {
        using var certificates = LinkCertificates.Load(load.Certificates);
        await using var endpoint = LinkEndpoint.Start(new LinkOptions(), certificates, "figure", NullLoggerFactory.Instance, TimeProvider.System);
        using var system = ActorSystem.Create("near", Quiet);
        using var materializer = system.Materializer();
        var end = End;
        await using var sender = endpoint.OpenSender(end, to);
        var elements = Elements(load.Bytes);
        var completion = new FragmentCompletion();
        var numbers = Source.From(Enumerable.Range(0, load.Elements));
        var paced = pace is { } between
            ? Source.Tick(TimeSpan.Zero, between, 0).MapMaterializedValue(_ => NotUsed.Instance).Zip(numbers).Select(pair => pair.Item2)
            : numbers;
        var warm = load.Elements / 10;
        var before = 0L;
        paced.Select(i =>
        {
            if (i == warm)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
            }

            // Numbers beyond the prepared ones need lineages of their own; the receiver looks at the value.
            var element = elements[i % elements.Length];
            element.AdmittedAt = System.Diagnostics.Stopwatch.GetTimestamp();
            return (Item)element;
        }).RunWith(Sink.FromGraph(new LinkSinkStage(sender, completion)), materializer);
        await completion.Task;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        await system.Terminate();
        return ((double)allocated / (load.Elements - warm), end.Meter.Report());
    }

    /// <summary>Receives until all has arrived.</summary>
    public static async Task ReceiveAsync(LinkLoad load, Arrivals arrivals)
    {
        using var certificates = LinkCertificates.Load(load.Certificates);
        await using var endpoint = LinkEndpoint.Start(new LinkOptions(), certificates, "figure", NullLoggerFactory.Instance, TimeProvider.System);
        using var system = ActorSystem.Create("far", Quiet);
        using var materializer = system.Materializer();
        var receiver = endpoint.OpenReceiver(End);
        Console.WriteLine(endpoint.Address);
        var next = 0L;
        var done = Source.FromGraph(new LinkSourceStage(receiver)).RunForeach(
            item =>
            {
                // Prepared elements come round again: what is wrong is any other than the next of them.
                var element = (Element)item;
                var parcel = (Parcel)element.Value;
                var number = parcel.Number == next % 256 ? next : -1;
                next++;
                arrivals.Add(number, element.AdmittedAt, parcel.Content.Bytes.Span);
            },
            materializer);
        await done;
        arrivals.Print();
        await system.Terminate();
    }

    /// <summary>What travels: a number, and bulk bytes that nobody looks into.</summary>
    internal sealed record Parcel(long Number, Blob Content);

    /// <summary>Bulk bytes.</summary>
    internal sealed record Blob(ReadOnlyMemory<byte> Bytes)
    {
        public static Blob Filled(byte value, int bytes)
        {
            var content = new byte[bytes];
            content.AsSpan().Fill(value);
            return new Blob(content);
        }
    }

    private sealed class BlobCodec : IPayloadCodec<Blob>
    {
        public int SizeOf(Blob payload) => payload.Bytes.Length;

        public void Encode(Blob payload, IBufferWriter<byte> writer) => writer.Write(payload.Bytes.Span);

        public Blob Decode(ReadOnlyMemory<byte> encoded)
        {
            var bytes = GC.AllocateUninitializedArray<byte>(encoded.Length);
            encoded.CopyTo(bytes);
            return new Blob(bytes);
        }
    }
}
