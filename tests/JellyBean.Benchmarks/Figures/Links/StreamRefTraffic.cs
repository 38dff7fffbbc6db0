using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.Streams;
using Akka.Streams.Dsl;
using JellyBean.Runtime;
using MessagePack;

namespace JellyBean.Benchmarks.Figures.Links;

/// <summary>The other control: StreamRefs of Akka.Remote, elements as MessagePack, in two processes of their own.</summary>
/// <remarks>As somebody has it who builds a program on StreamRefs: .NET's own collector settings, and Akka.Remote's defaults, whose frames of 128 KB hold an element.</remarks>
internal static class StreamRefTraffic
{
    /// <summary>What the sending process is started with.</summary>
    public const string SenderCommand = "streamref-sender";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Takes back this project's own settings of the collector; numbers are hexadecimal.</summary>
    public static IReadOnlyDictionary<string, string?> DefaultRuntime { get; } = new Dictionary<string, string?> { ["DOTNET_GCLOHThreshold"] = "14C08", ["DOTNET_GCConserveMemory"] = "0" };

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
          }
        }
        """;

    /// <summary>Starts the sending process, and waits until all has arrived; it ends when its input does.</summary>
    public static async Task SendAsync(NodeAddress to, LinkLoad load, Task arrived)
    {
        using var sender = LinkPeer.Start([SenderCommand, to.ToString(), .. load.ToArguments()], DefaultRuntime, isInput: true);
        try
        {
            await arrived;
            sender.StandardInput.Close();
            await sender.WaitForExitAsync().WaitAsync(Deadline);
        }
        finally
        {
            if (!sender.HasExited)
            {
                sender.Kill();
            }
        }
    }

    /// <summary>What the sending process does.</summary>
    public static async Task<int> SendAsync(string[] arguments)
    {
        var load = LinkLoad.Of(arguments[1..]);
        var to = NodeAddress.TryParse(arguments[0], out var address) ? address : throw new ArgumentException($"'{arguments[0]}' is no address.", nameof(arguments));
        using var system = Start("near", 0);
        using var materializer = system.Materializer();
        var sink = await system.ActorSelection($"akka.tcp://far@{to.Host}:{to.Port}/user/desk").Ask<ISinkRef<RefParcel>>("sink", Deadline);
        var contents = Enumerable.Range(0, 256).Select(i => LinkTraffic.Blob.Filled((byte)i, load.Bytes).Bytes.ToArray()).ToArray();
        Source.From(Enumerable.Range(0, load.Elements))
            .Select(i => new RefParcel { Number = i, SentAt = Stopwatch.GetTimestamp(), Content = contents[i % contents.Length] })
            .RunWith(sink.Sink, materializer);

        // Until whoever started this process has heard that all has arrived.
        await Console.In.ReadToEndAsync();
        await system.Terminate();
        return 0;
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
