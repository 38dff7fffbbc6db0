using System.Collections.Immutable;
using System.Diagnostics;
using JellyBean.Planning.Infrastructure;
using JellyBean.Runtime.Envelope;
using JellyBean.Runtime.Snapshots;
using JellyBean.Workflows;
using JellyBean.Workflows.Elements;

namespace JellyBean.Runtime.Links;

/// <summary>Carries what an operator held from a worker to another, over a link as any: in chunks, each an element, and one behind them that says that all have come.</summary>
internal static class StateLink
{
    // Small enough for a link's window, large enough that a megabyte is few frames.
    private const int ChunkBytes = 128 * 1024;

    // No operator has an input of this number: such a link is never one of a plan's routes.
    private const int Input = -1;

    public static LinkId Of(long epoch, string key, WorkerId from, WorkerId to) => new(epoch, new OperatorId(key), new OperatorId(key), Input, from, to);

    /// <summary>The sending end.</summary>
    internal sealed class Sender(ILinkSender link)
    {
        private int _sent;

        /// <summary>Connects ahead, so that the way is there when something is to go.</summary>
        public void Start() => link.Start();

        public void Fail(Exception cause) => link.Fail(cause);

        /// <summary>Sends all.</summary>
        /// <returns>Completes when all has arrived.</returns>
        /// <exception cref="LinkException">The other end has closed.</exception>
        public async Task SendAsync(ImmutableArray<StatePiece> pieces)
        {
            foreach (var piece in pieces)
            {
                for (var from = 0; from == 0 || from < piece.Bytes.Length; from += ChunkBytes)
                {
                    var bytes = piece.Bytes.Slice(from, Math.Min(ChunkBytes, piece.Bytes.Length - from));
                    await SendAsync(new StateChunk(piece.Owner, piece.Version, from + bytes.Length == piece.Bytes.Length, bytes.ToArray())).ConfigureAwait(false);
                }
            }

            await SendAsync(StateChunk.End).ConfigureAwait(false);
            link.Complete();
            await link.Delivered.ConfigureAwait(false);
        }

        private async Task SendAsync(StateChunk chunk)
        {
            var element = new Element(Lineage.Of(new SourceId(link.Id.From.Value), _sent++), 0, chunk, Stopwatch.GetTimestamp(), link.Id.Epoch);
            while (!link.TryWrite(element))
            {
                if (!await link.WaitToWriteAsync().ConfigureAwait(false))
                {
                    throw new LinkException($"The state of '{link.Id.From}' could not be handed to '{link.Id.ToWorker}': that has closed the link.");
                }
            }
        }
    }

    /// <summary>The receiving end.</summary>
    internal sealed class Receiver(ILinkReceiver link)
    {
        /// <summary>Waits for all.</summary>
        /// <exception cref="LinkException">The link has ended before.</exception>
        public async Task<ImmutableArray<StatePiece>> ReceiveAsync()
        {
            var pieces = ImmutableArray.CreateBuilder<StatePiece>();
            var bytes = new List<byte[]>();
            while (await link.WaitToReadAsync().ConfigureAwait(false))
            {
                while (link.TryRead(out var item))
                {
                    if (item is not Element { Value: StateChunk chunk })
                    {
                        continue;
                    }

                    if (chunk.Owner.Length == 0)
                    {
                        return pieces.ToImmutable();
                    }

                    bytes.Add(chunk.Bytes);
                    if (chunk.IsLast)
                    {
                        pieces.Add(new StatePiece(chunk.Owner, chunk.Version, bytes is [var only] ? only : bytes.SelectMany(b => b).ToArray()));
                        bytes.Clear();
                    }
                }
            }

            throw new LinkException($"The state of '{link.Id.From}' has not come whole from '{link.Id.FromWorker}'.");
        }
    }
}

/// <summary>A part of what a stage held.</summary>
/// <param name="Owner">Whose it is; empty behind the last.</param>
/// <param name="Version">Of the written form.</param>
/// <param name="IsLast">Whether the piece ends with it.</param>
/// <param name="Bytes">The part.</param>
internal sealed record StateChunk(string Owner, int Version, bool IsLast, byte[] Bytes)
{
    /// <summary>Nothing follows.</summary>
    public static StateChunk End { get; } = new("", 0, true, []);
}
