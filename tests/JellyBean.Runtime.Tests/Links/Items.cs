using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Links;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>A link between two endpoints of this process, and items to send over it.</summary>
internal static class Items
{
    public static SourceId Source { get; } = SourceId.Of("in", "s");

    public static ItemFormat Format { get; } = new(ElementCodecs.Empty.For<Parcel>(), null);

    public static LinkId Id(long epoch = 1) => new(epoch, new OperatorId("a"), new OperatorId("b"), 0, new WorkerId("x"), new WorkerId("y"));

    public static LinkEnd End(long epoch = 1, Action<Lineage, Exception>? onFailed = null) =>
        new(Id(epoch), Format, new LinkMeter(new OperatorId("a"), new OperatorId("b"), new WorkerId("y")), onFailed ?? ((_, cause) => throw cause));

    public static Element Element(long number, int size = 10, long age = 0) =>
        new(Lineage.Of(Source, number), DateTimeOffset.UnixEpoch.Ticks + number, new Parcel(number, new byte[size]), System.Diagnostics.Stopwatch.GetTimestamp(), 1) { Age = age };

    public static Frontier Frontier(long number) => new(Source, number, DateTimeOffset.UnixEpoch.Ticks + number);

    /// <summary>Writes elements, each followed by its frontier, then the end.</summary>
    public static async Task SendAsync(ILinkSender sender, int count, Func<int, int> sizeOf)
    {
        for (var i = 0; i < count; i++)
        {
            await SendAsync(sender, Element(i, sizeOf(i)));
            await SendAsync(sender, Frontier(i));
        }

        sender.Complete();
        await sender.Delivered;
    }

    public static async Task SendAsync(ILinkSender sender, Item item)
    {
        while (!sender.TryWrite(item))
        {
            if (!await sender.WaitToWriteAsync())
            {
                throw new InvalidOperationException("The link was closed.");
            }
        }
    }

    /// <summary>Reads to the end.</summary>
    public static async Task<ImmutableArray<Item>> ReceiveAsync(ILinkReceiver receiver)
    {
        var items = ImmutableArray.CreateBuilder<Item>();
        do
        {
            while (receiver.TryRead(out var item))
            {
                items.Add(item);
            }
        }
        while (await receiver.WaitToReadAsync());
        return items.ToImmutable();
    }

    /// <summary>What travels in tests.</summary>
    internal sealed record Parcel(long Number, byte[] Content);
}
