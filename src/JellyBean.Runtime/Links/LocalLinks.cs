namespace JellyBean.Runtime.Links;

/// <summary>Where the two ends of a link meet when both nodes live in one process.</summary>
internal sealed class LocalLinks;
