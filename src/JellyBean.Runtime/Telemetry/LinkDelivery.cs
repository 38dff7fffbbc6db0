namespace JellyBean.Runtime.Telemetry;

/// <summary>What a link to another process delivers, headers included, as its acknowledgements tell.</summary>
/// <param name="BytesPerSecond">Delivered during the last second or so.</param>
/// <param name="IsFull">Whether the link was full all that time: what it delivered is what it can. Otherwise what is sent, or the receiver, set the pace.</param>
/// <param name="Capacity">The most bytes per second it has delivered lately while it was full; null where it never was, and nobody knows.</param>
public readonly record struct LinkDelivery(double BytesPerSecond, bool IsFull, double? Capacity);
