using System.Runtime.CompilerServices;
using JellyBean.Runtime.Links.Protocol;

namespace JellyBean.Runtime.Links;

/// <summary>Cuts a stream of bytes into frames. A body is valid until the next frame is asked for. Used by one task at a time.</summary>
internal sealed class FrameReader(Stream stream, int stagingBytes, int mostElementBytes) : IDisposable
{
    private readonly byte[] _staging = LinkBuffers.Pool.Rent(stagingBytes);
    private byte[]? _large;
    private FrameHeader _largeHeader;
    private bool _largeIsWhole;
    private int _start;
    private int _end;

    /// <summary>Takes a frame that has come in whole.</summary>
    /// <exception cref="InvalidDataException">The bytes are no frame.</exception>
    public bool TryRead(out FrameHeader header, out ReadOnlyMemory<byte> body)
    {
        if (_large is not null)
        {
            (header, body) = (_largeHeader, _large.AsMemory(0, _largeHeader.Length));
            if (_largeIsWhole)
            {
                _largeIsWhole = false;
                return true;
            }

            LinkBuffers.Pool.Return(_large);
            _large = null;
        }

        (header, body) = (default, default);
        if (_end - _start < FrameHeader.Bytes)
        {
            return false;
        }

        header = FrameHeader.Read(_staging.AsSpan(_start), mostElementBytes);
        if (_end - _start < FrameHeader.Bytes + header.Length)
        {
            return false;
        }

        body = _staging.AsMemory(_start + FrameHeader.Bytes, header.Length);
        _start += FrameHeader.Bytes + header.Length;
        return true;
    }

    /// <summary>Waits for more bytes; called when <see cref="TryRead"/> has given all there is.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="EndOfStreamException">The stream ended within a frame.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        var held = _end - _start;
        if (held >= FrameHeader.Bytes)
        {
            var header = FrameHeader.Read(_staging.AsSpan(_start), mostElementBytes);
            if (FrameHeader.Bytes + header.Length > _staging.Length)
            {
                await FillLargeAsync(header, cancellationToken).ConfigureAwait(false);
                return true;
            }
        }

        if (_start > 0)
        {
            _staging.AsSpan(_start, held).CopyTo(_staging);
            (_start, _end) = (0, held);
        }

        var read = await stream.ReadAsync(_staging.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0 || (held == 0 ? false : throw new EndOfStreamException("The connection was closed within a frame."));
    }

    public void Dispose()
    {
        LinkBuffers.Pool.Return(_staging);
        if (_large is not null)
        {
            LinkBuffers.Pool.Return(_large);
        }
    }

    private async ValueTask FillLargeAsync(FrameHeader header, CancellationToken cancellationToken)
    {
        var large = LinkBuffers.Pool.Rent(header.Length);
        try
        {
            var held = _end - _start - FrameHeader.Bytes;
            _staging.AsSpan(_start + FrameHeader.Bytes, held).CopyTo(large);
            (_start, _end) = (0, 0);
            await stream.ReadExactlyAsync(large.AsMemory(held, header.Length - held), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            LinkBuffers.Pool.Return(large);
            throw;
        }

        (_large, _largeHeader, _largeIsWhole) = (large, header, true);
    }
}
