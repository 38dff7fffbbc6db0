using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.Streams;
using Akka.Streams.Dsl;
using JellyBean.Runtime;
using MessagePack;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>The other control: StreamRefs of Akka.Remote, elements as MessagePack.</summary>
internal static class StreamRefTraffic
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static string Settings(int port) => $$"""
        akka {
          loglevel = ERROR
          actor {
            provider = remote
            serializers.parcel = "{{typeof(ParcelSerializer).AssemblyQualifiedName}}"
            serialization-bindings { "{{typeof(RefParcel).AssemblyQualifiedName}}" = parcel }
          }
          remote.dot-netty.tcp {
            hostname = "127.0.0.1"
            port = {{port}}
            maximum-frame-size = 4000000b
            send-buffer-size = 8000000b
            receive-buffer-size = 8000000b
          }
        }
        """;

    public static async Task SendAsync(NodeAddress to, LinkLoad load, Task arrived)
    {
        using var system = Start("near", 0);
        using var materializer = system.Materializer();
        var sink = await system.ActorSelection($"akka.tcp://far@{to.Host}:{to.Port}/user/desk").Ask<ISinkRef<RefParcel>>("sink", Deadline);
        var contents = Enumerable.Range(0, 256).Select(i => LinkTraffic.Blob.Filled((byte)i, load.Bytes).Bytes.ToArray()).ToArray();
        Source.From(Enumerable.Range(0, load.Elements))
            .Select(i => new RefParcel { Number = i, SentAt = Stopwatch.GetTimestamp(), Content = contents[i % contents.Length] })
            .RunWith(sink.Sink, materializer);

        await arrived;
        await system.Terminate();
    }

    public static async Task ReceiveAsync(Arrivals arrivals)
    {
        using var system = Start("far", 0);
        using var materializer = system.Materializer();
        system.ActorOf(Props.Create(() => new Desk(arrivals, materializer)), "desk");
        var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        Console.WriteLine(new NodeAddress(address.Host, address.Port!.Value));
        await arrivals.Done;
        arrivals.Print();
        await system.Terminate();
    }

    private static ActorSystem Start(string name, int port) =>
        ActorSystem.Create(name, ConfigurationFactory.ParseString(Settings(port)).WithFallback(ActorMaterializer.DefaultConfig()));

    /// <summary>Gives out a sink.</summary>
    private sealed class Desk : ReceiveActor
    {
        public Desk(Arrivals arrivals, IMaterializer materializer) => ReceiveAsync<string>(async _ =>
        {
            var asker = Sender;
            var sink = await StreamRefs.SinkRef<RefParcel>()
                .To(Sink.ForEach<RefParcel>(parcel => arrivals.Add(parcel.Number, parcel.SentAt, parcel.Content)))
                .Run(materializer);
            asker.Tell(sink);
        });
    }
}

/// <summary>What travels over StreamRefs.</summary>
[MessagePackObject]
public sealed class RefParcel
{
    /// <summary>From 0.</summary>
    [Key(0)]
    public long Number { get; set; }

    /// <summary>A time stamp.</summary>
    [Key(1)]
    public long SentAt { get; set; }

    /// <summary>Bulk bytes.</summary>
    [Key(2)]
    public byte[] Content { get; set; } = [];
}

/// <summary>MessagePack for <see cref="RefParcel"/>.</summary>
public sealed class ParcelSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc />
    public override int Identifier => 4711;

    /// <inheritdoc />
    public override string Manifest(object o) => "";

    /// <inheritdoc />
    public override byte[] ToBinary(object obj) => MessagePackSerializer.Serialize((RefParcel)obj);

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest) => MessagePackSerializer.Deserialize<RefParcel>(bytes);
}
