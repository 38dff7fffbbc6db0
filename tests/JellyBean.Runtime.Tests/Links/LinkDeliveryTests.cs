using JellyBean.Runtime.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Links;

/// <summary>What a link tells of the line that it goes over.</summary>
public sealed class LinkDeliveryTests : IAsyncDisposable
{
    private const double BytesPerSecond = 1e6;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly LinkEndpoint _near = Start();
    private readonly LinkEndpoint _far = Start();

    public async ValueTask DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Link_over_a_slow_line_tells_what_that_carries()
    {
        await using var relay = new SlowRelay(_far.Address, TimeSpan.FromMilliseconds(10), 8 * BytesPerSecond);
        var receiver = _far.OpenReceiver(Items.End());
        var end = Items.End();
        await using var sender = _near.OpenSender(end, relay.Address);
        sender.Start();

        var receiving = Items.ReceiveAsync(receiver);
        await Items.SendAsync(sender, 400, _ => 10_000).WaitAsync(Deadline);
        await receiving.WaitAsync(Deadline);

        // A machine that is busy carries less, never clearly more.
        var delivery = end.Meter.Report().Delivery;
        Assert.InRange(delivery.Capacity!.Value, 0.05 * BytesPerSecond, 1.5 * BytesPerSecond);
    }

    private static LinkEndpoint Start() => LinkEndpoint.Start(new LinkOptions { WindowBytes = 512 * 1024 }, null, "same", NullLoggerFactory.Instance, TimeProvider.System);
}
