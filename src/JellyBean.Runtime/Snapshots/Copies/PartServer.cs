using JellyBean.Runtime.Links;
using JellyBean.Runtime.Links.Protocol;

namespace JellyBean.Runtime.Snapshots.Copies;

/// <summary>Keeps copies of other nodes' parts of snapshots, and gives parts to nodes that go on from one.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="fingerprint">Of the workflow that this node has built.</param>
/// <param name="patience">How long the other end may be silent.</param>
/// <param name="time">Measures it.</param>
internal sealed class PartServer(SnapshotFolder folder, string fingerprint, TimeSpan patience, TimeProvider time) : ILinkGuest
{
    // Disks gain nothing from more; who comes later is told so, and asks another node or again.
    private const int MostAtATime = 8;

    private const int ChunkBytes = 1 << 16;

    private int _serving;

    /// <inheritdoc />
    public byte[] Magic => PartRequest.Magic;

    /// <inheritdoc />
    public async Task<Exception?> ServeAsync(Stream stream, byte[] greeting, CancellationToken stopping)
    {
        var wire = new PatientStream(stream, patience, time);
        try
        {
            var request = Greeting.Parse(greeting, PartRequest.Read);
            var answer = Interlocked.Increment(ref _serving) > MostAtATime
                ? new PartAnswer(PartVerdict.Refused, $"It serves {MostAtATime} others just now.")
                : await AnswerAsync(request, wire, stopping).ConfigureAwait(false);
            if (answer is not null)
            {
                await wire.WriteAsync(answer.ToBytes(), stopping).ConfigureAwait(false);
            }

            return null;
        }
        catch (InvalidDataException violation)
        {
            return violation;
        }
        catch (Exception cause) when (cause is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked has gone, and will ask again or elsewhere.
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _serving);
        }
    }

    /// <returns>Null once it has said all.</returns>
    private async Task<PartAnswer?> AnswerAsync(PartRequest request, PatientStream wire, CancellationToken stopping)
    {
        if (request.Fingerprint != fingerprint)
        {
            return new PartAnswer(PartVerdict.Refused, $"It has built workflow {fingerprint}, whoever asks {request.Fingerprint}.");
        }

        return request.Errand == PartErrand.Keep ? await KeepAsync(request, wire, stopping).ConfigureAwait(false) : await GiveAsync(request.Part, wire, stopping).ConfigureAwait(false);
    }

    private async Task<PartAnswer> KeepAsync(PartRequest request, PatientStream wire, CancellationToken stopping)
    {
        // Also where nodes share a disk: it is there already.
        if (folder.Has(request.Part))
        {
            return new PartAnswer(PartVerdict.Kept);
        }

        await wire.WriteAsync(new PartAnswer(PartVerdict.Send).ToBytes(), stopping).ConfigureAwait(false);
        try
        {
            await folder.ReceiveAsync(request.Part, wire.ReadAsync, stopping).ConfigureAwait(false);
            folder.ForgetBefore(Math.Min(request.KeptFrom, request.Part.Snapshot));
            return new PartAnswer(PartVerdict.Kept);
        }
        catch (SnapshotException cause)
        {
            return new PartAnswer(PartVerdict.Refused, cause.Message);
        }
    }

    private async Task<PartAnswer?> GiveAsync(SnapshotReceipt part, PatientStream wire, CancellationToken stopping)
    {
        await using var file = folder.Open(part);
        if (file is null)
        {
            return new PartAnswer(PartVerdict.Refused, "It has no such part.");
        }

        await wire.WriteAsync(new PartAnswer(PartVerdict.Follows).ToBytes(), stopping).ConfigureAwait(false);
        var chunk = new byte[ChunkBytes];
        while (await file.ReadAsync(chunk, stopping).ConfigureAwait(false) is > 0 and var count)
        {
            await wire.WriteAsync(chunk.AsMemory(0, count), stopping).ConfigureAwait(false);
        }

        return null;
    }
}
