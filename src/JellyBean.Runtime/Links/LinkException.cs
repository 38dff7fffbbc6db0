namespace JellyBean.Runtime.Links;

/// <summary>A link that cannot go on, whatever is tried: the message says why.</summary>
internal sealed class LinkException(string message, Exception? cause = null) : Exception(message, cause);
