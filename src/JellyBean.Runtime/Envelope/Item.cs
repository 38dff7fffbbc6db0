namespace JellyBean.Runtime.Envelope;

/// <summary>What moves between stages: elements, the frontiers that tell how far their sources are settled, and the barriers of snapshots.</summary>
/// <remarks>
/// On every route, the elements of one source come in the order of their lineage, and a frontier comes after all that it settles.
/// A barrier keeps its place among both.
/// An item has one owner at a time: a stage may change an element and must copy it before it gives it to two.
/// </remarks>
internal abstract class Item;
