namespace JellyBean.Runtime.Tests.Control;

/// <summary>Outlives the node that uses it.</summary>
internal sealed class KeptJournal : IJournalStore
{
    private volatile byte[]? _bytes;

    public byte[]? Load() => _bytes;

    public void Save(byte[] bytes) => _bytes = bytes;

    public void Dispose()
    {
    }
}
