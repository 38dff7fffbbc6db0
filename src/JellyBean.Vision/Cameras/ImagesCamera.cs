using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>The pictures of a folder in the order of their names, at a steady rate. One that cannot be read is a bad item at its place.</summary>
internal sealed class ImagesCamera(CameraOptions options, string folder) : ISource<Frame>
{
    private const double DefaultRate = 10;
    private const long LargestFile = 256L * 1024 * 1024;
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm"];
    private readonly CancellationTokenSource _disposed = new();
    private TimeSpan _busy;
    private long _complaints;

    public string Name => options.Name;

    public bool IsReplayable => true;

    public double? NominalRate => options.MaxFps ?? DefaultRate;

    public SourceWork Work => new(_busy, _complaints);

    public Task CheckAsync(CancellationToken cancellationToken) => Task.Run(Files, cancellationToken);

    public async IAsyncEnumerable<SourceItem<Frame>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var files = Files();
        for (var number = from; number < files.Count; number++)
        {
            var at = options.StartTime + TimeSpan.FromSeconds(number / NominalRate!.Value);
            yield return await ReadAsync(files[(int)number], number, at, end.Token);
        }
    }

    public async ValueTask DisposeAsync() => await _disposed.CancelAsync();

    private List<string> Files()
    {
        if (!Directory.Exists(folder))
        {
            throw new SourceException($"Camera '{Name}': there is no folder '{folder}'. Correct its uri, or bring the pictures.");
        }

        var files = VideoFolder.Files(Name, folder)
            .Where(f => Endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
            .Where((_, i) => i % options.Every == 0)
            .ToList();
        return files.Count > 0 ? files : throw new SourceException($"Camera '{Name}': no picture is in '{folder}'; allowed: {string.Join(", ", Endings)}.");
    }

    // A process for each picture: pictures of a folder may differ in size and format, and one that is broken must not take the others with it.
    private async Task<SourceItem<Frame>> ReadAsync(string path, long number, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (new FileInfo(path) is { Length: 0 or > LargestFile } file)
        {
            return SourceItem<Frame>.Bad($"Camera '{Name}': '{path}' has {file.Length} bytes; allowed: 1 to {LargestFile}.", at);
        }

        await using var decoder = new VideoDecoder(Name, DecoderArguments.OfPicture(options, path), line => line, cancellationToken);
        try
        {
            return await decoder.ReadAsync(options.SilenceLimit, cancellationToken) is { } frame
                ? new SourceItem<Frame>(new Frame(Name, number, at, Picture.FromPixels(decoder.Pixels, frame.Width, frame.Height, PixelFormat.Rgbx)) { Viewpoint = options.Viewpoint }, at)
                : SourceItem<Frame>.Bad($"Camera '{Name}': the picture '{path}' could not be decoded: {decoder.LastLines}.", at);
        }
        catch (Exception e) when (e is SourceException or TimeoutException)
        {
            return SourceItem<Frame>.Bad($"Camera '{Name}': the picture '{path}' could not be decoded: {e.Message}.", at);
        }
        finally
        {
            var (busy, complaints) = decoder.TakeWork();
            (_busy, _complaints) = (_busy + busy, _complaints + complaints);
        }
    }
}
