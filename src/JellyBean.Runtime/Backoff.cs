namespace JellyBean.Runtime;

/// <summary>Pauses between attempts: each is twice the one before, up to a cap.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan most)
{
    private TimeSpan? _last;

    /// <summary>The pause before the attempt that follows.</summary>
    public TimeSpan Next()
    {
        var pause = _last is { } last ? last * 2 : first;
        _last = pause < most ? pause : most;
        return _last.Value;
    }

    /// <summary>An attempt has succeeded: the pause after the next failure is the first one again.</summary>
    public void Reset() => _last = null;
}
