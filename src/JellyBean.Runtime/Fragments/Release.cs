namespace JellyBean.Runtime.Fragments;

/// <summary>Lets go of what was opened: all at once, each whatever becomes of the others.</summary>
internal static class Release
{
    /// <param name="parts">What is disposed.</param>
    /// <param name="deadline">How long all together may take. What takes longer goes on by itself: nothing keeps the rest.</param>
    /// <param name="time">Measures the deadline.</param>
    /// <returns>Why some could not be let go, or not in time; empty if all were.</returns>
    public static async Task<IReadOnlyList<Exception>> AllAsync(IEnumerable<IAsyncDisposable> parts, TimeSpan deadline, TimeProvider time) =>
        [.. (await Task.WhenAll(parts.Select(part => OneAsync(part, deadline, time))).ConfigureAwait(false)).OfType<Exception>()];

    private static async Task<Exception?> OneAsync(IAsyncDisposable part, TimeSpan deadline, TimeProvider time)
    {
        try
        {
            // Users' code disposes, too, and may block.
            await Task.Run(async () => await part.DisposeAsync().ConfigureAwait(false)).WaitAsync(deadline, time).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException cause)
        {
            return new TimeoutException($"A {part.GetType().Name} was told to close, but has not within {deadline}.", cause);
        }
        catch (Exception cause)
        {
            return cause;
        }
    }
}
