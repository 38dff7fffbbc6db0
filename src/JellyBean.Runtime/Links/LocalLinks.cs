using System.Collections.Concurrent;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Runtime.Links;

/// <summary>Where the two ends of a link meet when both nodes live in one process.</summary>
internal sealed class LocalLinks
{
    private readonly ConcurrentDictionary<LinkId, LocalLink> _waiting = new();

    private readonly ConcurrentDictionary<WorkerId, byte> _workers = new();

    /// <summary>Links whose second end has not come.</summary>
    public int HalfOpen => _waiting.Count;

    /// <summary>A worker's node lives in this process.</summary>
    public void Add(WorkerId worker) => _workers.TryAdd(worker, 0);

    /// <summary>Whether a worker's node lives in this process.</summary>
    public bool Has(WorkerId worker) => _workers.ContainsKey(worker);

    /// <summary>Opens an end: the first to come waits for the second, which takes the link out.</summary>
    public LocalLink Open(LinkId id)
    {
        while (true)
        {
            var made = new LocalLink(id);
            var link = _waiting.GetOrAdd(id, made);
            if (ReferenceEquals(link, made))
            {
                return link;
            }

            if (_waiting.TryRemove(new KeyValuePair<LinkId, LocalLink>(id, link)))
            {
                return link;
            }
        }
    }

    /// <summary>Forgets a link whose second end never came.</summary>
    public void Forget(LocalLink link) => _waiting.TryRemove(new KeyValuePair<LinkId, LocalLink>(link.Id, link));
}
