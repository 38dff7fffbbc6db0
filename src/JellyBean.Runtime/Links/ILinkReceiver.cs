using System.Diagnostics.CodeAnalysis;
using JellyBean.Runtime.Envelope;

namespace JellyBean.Runtime.Links;

/// <summary>The receiving end of a link, in this process or from another. One reader at a time.</summary>
internal interface ILinkReceiver
{
    LinkId Id { get; }

    /// <summary>Takes the next item, if there is one.</summary>
    bool TryRead([MaybeNullWhen(false)] out Item item);

    /// <summary>Waits for an item.</summary>
    /// <returns>False if none follows; fails if the sending end has failed.</returns>
    ValueTask<bool> WaitToReadAsync();

    /// <summary>No item is wanted any more.</summary>
    /// <param name="cause">Why, if something failed: the sending end fails too.</param>
    void Cancel(Exception? cause);
}
