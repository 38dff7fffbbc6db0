using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>A camera, whatever kind of address it has: ffmpeg decodes it in a process of its own, every frame is encoded to its canonical JPEG here.</summary>
/// <remarks>
/// <para>
/// A file, a pattern of files, or a folder of pictures gives the same frames each time. Event time is the start time plus the frame's presentation time, relative to the first picture, so files of
/// variable rate keep their rhythm; where presentation times begin anew, as in recordings that lie one behind the other, it goes on a frame later.
/// A picture that the file promises but the decoder does not give is a bad item at its place. A picture that the decoder could repair counts as good: ffmpeg does not tell which ones those are; <see cref="Work"/> counts its reports. Where a file
/// does not tell what pictures to expect (no times in it, interlaced fields, VP8, VP9, AV1), a picture that fails is missing
/// without a trace but those reports. A file that ends well before the end which it announces gives one more bad item.
/// </para>
/// <para>
/// Anything else is live: event time is when the frame was taken, it is connected anew whenever it is lost or stalls, and never ends by itself. <see cref="Health"/> tells how it is doing.
/// </para>
/// </remarks>
public sealed class Camera : ISource<Frame>
{
    private readonly ISource<Frame> _inner;

    /// <summary>A camera; opens nothing yet.</summary>
    /// <exception cref="ArgumentException">The URI is not understood, or another option out of range.</exception>
    public Camera(CameraOptions options)
        : this(options, TimeProvider.System, null)
    {
    }

    internal Camera(CameraOptions options, TimeProvider time, SupervisionOptions? patience)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Name);
        if (options.Mistakes().ToList() is [_, ..] mistakes)
        {
            throw new ArgumentException($"Camera '{options.Name}': {string.Join("; ", mistakes)}.", nameof(options));
        }

        var address = CameraAddress.Parse(options.Uri)
            ?? throw new ArgumentException($"Camera '{options.Name}': uri is '{CameraAddress.ShownOf(options.Uri)}'; allowed: {CameraAddress.Allowed}{CameraAddress.AdviceFor(options.Uri)}.", nameof(options));
        _inner = address.Kind switch
        {
            CameraKind.File => new FileCamera(options, address.Text),
            CameraKind.Files => new FilesCamera(options, address.Text),
            CameraKind.Images => new ImagesCamera(options, address.Text),
            _ => new LiveCamera(options, address, time, patience ?? SupervisionOptions.For(options, address.Kind)),
        };
    }

    /// <inheritdoc />
    public string Name => _inner.Name;

    /// <inheritdoc />
    public bool IsReplayable => _inner.IsReplayable;

    /// <inheritdoc />
    /// <remarks>Of a file, asks ffprobe when first read, for 10 seconds at most; null where that does not know or the file cannot be read. Of a live camera, what <c>max-fps</c> says; it may give less.</remarks>
    public double? NominalRate => _inner.NominalRate;

    /// <inheritdoc />
    /// <remarks>Busy is the decoder's processor time and the time that encoding frames takes here; a report of damage is a line in which the decoder complains.</remarks>
    public SourceWork Work => _inner.Work;

    /// <inheritdoc />
    public SourceHealth? Health => _inner.Health;

    /// <inheritdoc />
    /// <remarks>Of one file, whose pictures are counted without decoding them; null where its format does not tell them.</remarks>
    public Task<long?> CountAsync(CancellationToken cancellationToken) => _inner.CountAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>Whether there are such files, with video in the first of them, or pictures in the folder; a live camera is not asked.</remarks>
    public Task CheckAsync(CancellationToken cancellationToken) => _inner.CheckAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>The frames of files before <paramref name="from"/> are decoded and passed over, because seeking is not exact in every format.</remarks>
    public IAsyncEnumerable<SourceItem<Frame>> ReadAsync(long from, CancellationToken cancellationToken) => _inner.ReadAsync(from, cancellationToken);

    /// <inheritdoc />
    /// <remarks>Of a live camera that is recorded, as long as all that it gave since is in its recording on this machine.</remarks>
    public bool CanReadAgain(long from) => _inner.CanReadAgain(from);

    /// <summary>Ends the readings that are under way, and their decoders.</summary>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
