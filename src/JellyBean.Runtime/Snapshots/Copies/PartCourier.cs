using JellyBean.Runtime.Links;
using JellyBean.Runtime.Links.Protocol;

namespace JellyBean.Runtime.Snapshots.Copies;

/// <summary>Brings parts of snapshots to other nodes and fetches them there, beside the links and as safe as they are.</summary>
/// <param name="endpoint">How others are reached.</param>
/// <param name="fingerprint">Of the workflow that this node has built.</param>
/// <param name="patience">How long the other end may be silent.</param>
/// <param name="time">Measures it.</param>
internal sealed class PartCourier(LinkEndpoint endpoint, string fingerprint, TimeSpan patience, TimeProvider time)
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>Has another node keep a copy.</summary>
    /// <returns>Null once it is on the other node's disk; else why it is not.</returns>
    public Task<string?> KeepAsync(NodeAddress at, SnapshotReceipt part, ReadOnlyMemory<byte> bytes, long keptFrom, CancellationToken cancellationToken) =>
        AskAsync(at, new PartRequest(PartErrand.Keep, fingerprint, part, keptFrom), async (stream, first) =>
        {
            if (first.Verdict == PartVerdict.Send)
            {
                var wire = new PatientStream(stream, patience, time);
                for (var left = bytes; !left.IsEmpty; left = left[Math.Min(ChunkBytes, left.Length)..])
                {
                    await wire.WriteAsync(left[..Math.Min(ChunkBytes, left.Length)], cancellationToken).ConfigureAwait(false);
                }

                // Until it is on the other disk: as long as the snapshot may take.
                first = await PartAnswer.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            }

            return first.Verdict == PartVerdict.Kept ? null : first.Reason;
        }, cancellationToken);

    /// <summary>Fetches a part into this node's folder.</summary>
    /// <returns>Null once it is there; else why it is not.</returns>
    public Task<string?> FetchAsync(NodeAddress at, SnapshotReceipt part, SnapshotFolder folder, CancellationToken cancellationToken) =>
        AskAsync(at, new PartRequest(PartErrand.Give, fingerprint, part, 0), async (stream, first) =>
        {
            if (first.Verdict != PartVerdict.Follows)
            {
                return first.Reason;
            }

            await folder.ReceiveAsync(part, new PatientStream(stream, patience, time).ReadAsync, cancellationToken).ConfigureAwait(false);
            return null;
        }, cancellationToken);

    private async Task<string?> AskAsync(NodeAddress at, PartRequest request, Func<Stream, PartAnswer, Task<string?>> goOn, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await endpoint.DialAsync(at, cancellationToken).ConfigureAwait(false);
            var wire = new PatientStream(stream, patience, time);
            await wire.WriteAsync(Greeting.Write(PartRequest.Magic, request.Write), cancellationToken).ConfigureAwait(false);
            return await goOn(stream, await PartAnswer.ReadAsync(stream, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or LinkException or InvalidDataException or VersionException or SnapshotException)
        {
            return cause.Message;
        }
    }
}
