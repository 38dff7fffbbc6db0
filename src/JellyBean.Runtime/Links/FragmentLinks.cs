using System.Collections.Immutable;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Calibration;
using JellyBean.Runtime.Codecs;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;

namespace JellyBean.Runtime.Links;

/// <summary>Opens the ends of links of one fragment, to workers of this process directly, to others over the network; closes all of them together.</summary>
/// <param name="workflow">Says what each operator's elements carry.</param>
/// <param name="codecs">How that is encoded.</param>
/// <param name="sizer">Counts bytes within the process; null for not.</param>
/// <param name="local">Links within this process.</param>
/// <param name="endpoint">Where links meet the network; null where every worker lives in this process.</param>
/// <param name="peers">Where the endpoints of other workers are.</param>
/// <param name="meters">The fragment's.</param>
internal sealed class FragmentLinks(
    Workflow workflow,
    ElementCodecs codecs,
    MessageSizer? sizer,
    LocalLinks local,
    LinkEndpoint? endpoint,
    ImmutableSortedDictionary<WorkerId, NodeAddress> peers,
    FragmentMeters meters)
{
    private readonly List<LocalLink> _localEnds = [];
    private readonly List<RemoteSender> _senders = [];
    private readonly List<RemoteReceiver> _receivers = [];

    /// <summary>Opens a sending end.</summary>
    /// <exception cref="LinkException">The other worker cannot be reached, or the elements cannot be sent.</exception>
    public ILinkSender OpenSender(LinkId id)
    {
        var meter = meters.Link(id);
        if (IsLocal(id.ToWorker))
        {
            return OpenLocal(id).Sender(meter, SizesOf(workflow[id.From]));
        }

        var sender = endpoint!.OpenSender(EndOf(id, id.From), AddressOf(id));
        _senders.Add(sender);
        return sender;
    }

    /// <summary>Opens a receiving end.</summary>
    /// <exception cref="LinkException">The elements cannot be sent.</exception>
    public ILinkReceiver OpenReceiver(LinkId id)
    {
        if (IsLocal(id.FromWorker))
        {
            return OpenLocal(id);
        }

        var receiver = endpoint!.OpenReceiver(EndOf(id, id.To));
        _receivers.Add(receiver);
        return receiver;
    }

    /// <summary>Opens the sending end of a link for what is handed from plan to plan. It is no route: reports do not list it.</summary>
    /// <inheritdoc cref="OpenSender" path="/exception" />
    public ILinkSender OpenStateSender(LinkId id)
    {
        var meter = new LinkMeter(id.From, id.To, id.ToWorker);
        if (IsLocal(id.ToWorker))
        {
            return OpenLocal(id).Sender(meter, static (_, _) => 0);
        }

        var sender = endpoint!.OpenSender(StateEndOf(id, meter), AddressOf(id));
        _senders.Add(sender);
        return sender;
    }

    /// <summary>Opens the receiving end of a link for what is handed from plan to plan.</summary>
    public ILinkReceiver OpenStateReceiver(LinkId id)
    {
        if (IsLocal(id.FromWorker))
        {
            return OpenLocal(id);
        }

        var receiver = endpoint!.OpenReceiver(StateEndOf(id, new LinkMeter(id.From, id.To, id.ToWorker)));
        _receivers.Add(receiver);
        return receiver;
    }

    /// <summary>Closes all: an aborted plan leaves no half-open link behind.</summary>
    public async Task CloseAsync()
    {
        foreach (var link in _localEnds)
        {
            link.Cancel(null);
            local.Forget(link);
        }

        foreach (var receiver in _receivers)
        {
            endpoint!.Close(receiver);
        }

        await Task.WhenAll(_senders.Select(s => s.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private LocalLink OpenLocal(LinkId id)
    {
        var link = local.Open(id);
        _localEnds.Add(link);
        return link;
    }

    private bool IsLocal(WorkerId worker) => endpoint is null || local.Has(worker);

    private NodeAddress AddressOf(LinkId id) => peers.TryGetValue(id.ToWorker, out var known)
        ? known
        : throw new LinkException($"Link {id} cannot be opened: nobody has said where the links of worker '{id.ToWorker}' listen. Known: {string.Join(", ", peers.Keys)}.");

    // A chunk that cannot be read is missed at the end of the link.
    private LinkEnd StateEndOf(LinkId id, LinkMeter meter) => new(id, new ItemFormat(codecs.For<StateChunk>(), null), meter, static (_, _) => { });

    private LinkEnd EndOf(LinkId id, OperatorId failsAt)
    {
        try
        {
            var format = new ItemFormat(codecs.For(workflow[id.From].ElementType), KeptBy(workflow[id.From]) is { } kept ? codecs.For(kept) : null);
            return new LinkEnd(id, format, meters.Link(id), (lineage, cause) => meters.Failures.Add(failsAt, lineage, cause));
        }
        catch (CodecException cause)
        {
            throw new LinkException($"Operator '{id.From}' on '{id.FromWorker}' sends elements to '{id.To}' on '{id.ToWorker}', but {cause.Message}", cause);
        }
    }

    private Func<object, bool, long> SizesOf(Operator from)
    {
        if (sizer is null)
        {
            return static (_, _) => 0;
        }

        var (type, kept, isUnknown) = (from.ElementType, KeptBy(from), false);
        return (value, isHeader) =>
        {
            try
            {
                return isUnknown ? 0 : sizer.SizeOf(isHeader ? kept! : type, value);
            }
            catch (Exception)
            {
                // Within the process nothing is encoded: what could not be sent is no fault here, only its size is not known. Profiling and links to other processes tell why.
                isUnknown = true;
                return 0;
            }
        };
    }

    /// <summary>What headers on an operator's routes carry: elements were divided, and are not yet put together.</summary>
    private Type? KeptBy(Operator op) => op switch
    {
        ExpandOperator expand => expand.KeptType,
        InferOperator => KeptBy(workflow[op.Inputs[0]]),
        _ => null,
    };
}
