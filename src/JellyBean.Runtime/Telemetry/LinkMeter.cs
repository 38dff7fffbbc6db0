using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Envelope;
using JellyBean.Workflows;

namespace JellyBean.Runtime.Telemetry;

/// <summary>Counts what a route carries to another worker.</summary>
/// <param name="from">The operator whose elements it carries.</param>
/// <param name="to">The operator that takes them.</param>
/// <param name="toWorker">Where that runs.</param>
/// <param name="sizeOf">An element's size as encoded for a link, bytes.</param>
internal sealed class LinkMeter(OperatorId from, OperatorId to, WorkerId toWorker, Func<object, long> sizeOf)
{
    private long _elements;
    private long _bytes;

    public void Sent(Element element)
    {
        Interlocked.Increment(ref _elements);
        Interlocked.Add(ref _bytes, sizeOf(element.Value));
    }

    public LinkReport Report() => new(from, to, toWorker, Volatile.Read(ref _elements), Volatile.Read(ref _bytes));
}
