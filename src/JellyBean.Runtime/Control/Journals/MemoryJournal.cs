namespace JellyBean.Runtime.Control.Journals;

/// <summary>Remembers as long as the process lives: enough where the run ends with it.</summary>
internal sealed class MemoryJournal : IJournalStore
{
    private byte[]? _bytes;

    public byte[]? Load() => _bytes;

    public void Save(byte[] bytes) => _bytes = bytes;

    public void Dispose()
    {
    }
}
