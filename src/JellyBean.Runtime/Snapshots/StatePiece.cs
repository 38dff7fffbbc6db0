namespace JellyBean.Runtime.Snapshots;

/// <summary>What one stage has stored in a snapshot.</summary>
/// <param name="Owner">Whose it is, such as <c>process tracker</c>: the same in every plan, so that a stage finds it wherever it runs. Several instances share an owner.</param>
/// <param name="Version">Of the written form.</param>
/// <param name="Bytes">The state.</param>
internal sealed record StatePiece(string Owner, int Version, ReadOnlyMemory<byte> Bytes);
