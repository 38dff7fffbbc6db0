namespace JellyBean.Runtime.Links;

/// <summary>Runs what a connection consists of: reading, writing, watching. The first that ends ends all.</summary>
internal static class LinkLoops
{
    /// <returns>Why it ended; null if the other end closed it. Nothing of it runs any more.</returns>
    public static async Task<Exception?> RunAsync(Stream stream, AsyncSignal wake, CancellationToken cancellationToken, params Func<CancellationToken, Task>[] loops)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var waking = over.Token.UnsafeRegister(static signal => ((AsyncSignal)signal!).Set(), wake);
        var running = loops.Select(loop => loop(over.Token)).ToArray();
        var first = await Task.WhenAny(running).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.Exception?.InnerException;
    }
}
