namespace JellyBean.Runtime;

/// <summary>Where one coordinator keeps its copy of what was decided, so that it is known after a restart.</summary>
/// <remarks>One node at a time uses it, from one thread at a time.</remarks>
public interface IJournalStore : IDisposable
{
    /// <summary>What was saved last; null before the first time.</summary>
    byte[]? Load();

    /// <summary>Replaces what is kept. When it returns, the bytes survive a crash of the machine; if it throws, what was there before is still there.</summary>
    void Save(byte[] bytes);
}
