using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Telemetry;

namespace JellyBean.Runtime.Links;

/// <summary>A link between two nodes of one process: a bounded queue, one writer, one reader. When it is full, the sender waits.</summary>
internal sealed class LocalLink(LinkId id) : ILinkReceiver
{
    // Items on their way: elements and frontiers. Deep enough that neither side waits for the other's thread.
    private const int MostItems = 32;

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(
        new BoundedChannelOptions(MostItems) { SingleReader = true, SingleWriter = true });

    public LinkId Id { get; } = id;

    /// <summary>The sending end.</summary>
    /// <param name="meter">Counts what is sent.</param>
    /// <param name="sizeOf">What a value, of a header or of any other element, would take as encoded.</param>
    public ILinkSender Sender(LinkMeter meter, Func<object, bool, long> sizeOf) => new End(this, meter, sizeOf);

    public bool TryRead([MaybeNullWhen(false)] out Item item) => _items.Reader.TryRead(out item);

    public ValueTask<bool> WaitToReadAsync() => _items.Reader.WaitToReadAsync();

    public void Cancel(Exception? cause) => _items.Writer.TryComplete(cause);

    private sealed class End(LocalLink link, LinkMeter meter, Func<object, bool, long> sizeOf) : ILinkSender
    {
        private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkId Id => link.Id;

        public Task Delivered => _delivered.Task;

        public void Start()
        {
        }

        public bool TryWrite(Item item)
        {
            // Once it is written, it is the receiver's, which may change it.
            var element = item as Element;
            var value = element?.Value;
            if (!link._items.Writer.TryWrite(item))
            {
                return false;
            }

            if (value is not null)
            {
                meter.Sent(sizeOf(value, element!.IsHeader));
            }

            return true;
        }

        public ValueTask<bool> WaitToWriteAsync() => link._items.Writer.WaitToWriteAsync();

        public void Complete()
        {
            link._items.Writer.TryComplete();
            _delivered.TrySetResult();
        }

        public void Fail(Exception cause) => link._items.Writer.TryComplete(cause);
    }
}
