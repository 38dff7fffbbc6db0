using JellyBean.Runtime.Links;

namespace JellyBean.Runtime.Snapshots.Copies;

/// <summary>Reads and writes that fail once the other end has been silent for too long.</summary>
/// <param name="inner">The connection; not disposed here.</param>
/// <param name="patience">How long a single step may take.</param>
/// <param name="time">Measures it.</param>
internal sealed class PatientStream(Stream inner, TimeSpan patience, TimeProvider time)
{
    /// <exception cref="IOException">The connection has broken, or nothing came in time.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken) =>
        new(WithinAsync(stop => inner.ReadAsync(into, stop).AsTask(), cancellationToken));

    /// <inheritdoc cref="ReadAsync" path="/exception" />
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        WithinAsync(
            async stop =>
            {
                await inner.WriteAsync(bytes, stop).ConfigureAwait(false);
                return 0;
            },
            cancellationToken);

    private async Task<int> WithinAsync(Func<CancellationToken, Task<int>> step, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = new Deadline(patience, time, stop);
        try
        {
            return await step(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The other end has been silent for {patience}.");
        }
    }
}
