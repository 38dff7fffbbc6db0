using System.Threading.Channels;
using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Links;

/// <summary>A link between two nodes of one process: a bounded queue, one writer, one reader. When it is full, the sender waits.</summary>
internal sealed class LocalLink(LinkId id)
{
    // Items on their way: elements and frontiers. Deep enough that neither side waits for the other's thread.
    private const int MostItems = 32;

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(
        new BoundedChannelOptions(MostItems) { SingleReader = true, SingleWriter = true });

    public LinkId Id { get; } = id;

    public ChannelWriter<Item> Writer => _items.Writer;

    public ChannelReader<Item> Reader => _items.Reader;
}
