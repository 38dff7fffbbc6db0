using System.Collections.Concurrent;

namespace JellyBean.Runtime.Links;

/// <summary>Where the two ends of a link meet when both nodes live in one process.</summary>
internal sealed class LocalLinks
{
    private readonly ConcurrentDictionary<LinkId, LocalLink> _waiting = new();

    /// <summary>Links whose second end has not come.</summary>
    public int HalfOpen => _waiting.Count;

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
    public void Close(LocalLink link) => _waiting.TryRemove(new KeyValuePair<LinkId, LocalLink>(link.Id, link));
}

/// <summary>The ends of links that one fragment has opened.</summary>
internal sealed class FragmentLinks(LocalLinks links)
{
    private readonly List<LocalLink> _opened = [];

    /// <inheritdoc cref="LocalLinks.Open" />
    public LocalLink Open(LinkId id)
    {
        var link = links.Open(id);
        _opened.Add(link);
        return link;
    }

    /// <summary>Closes all: an aborted plan leaves no half-open link behind.</summary>
    public void Close()
    {
        foreach (var link in _opened)
        {
            link.Writer.TryComplete();
            links.Close(link);
        }
    }
}
