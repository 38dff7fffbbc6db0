using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Links;

/// <summary>The sending end of a link, in this process or to another. One writer at a time.</summary>
internal interface ILinkSender
{
    LinkId Id { get; }

    /// <summary>Ends when the receiving end has everything, the end included; fails when the link can not go on.</summary>
    Task Delivered { get; }

    /// <summary>Elements are about to flow. Called once, before the first is written.</summary>
    void Start();

    /// <summary>Takes an item over.</summary>
    /// <returns>False if the link is full, or closed: <see cref="WaitToWriteAsync"/> tells.</returns>
    bool TryWrite(Item item);

    /// <summary>Waits until there is room.</summary>
    /// <returns>False if the receiving end has closed the link; fails with the cause if there is one.</returns>
    ValueTask<bool> WaitToWriteAsync();

    /// <summary>Nothing follows.</summary>
    void Complete();

    /// <summary>Nothing follows, because something failed: the receiving end fails too.</summary>
    void Fail(Exception cause);
}
