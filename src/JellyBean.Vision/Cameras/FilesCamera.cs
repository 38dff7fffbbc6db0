using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>Files that a pattern names, one after the other in the order of their names, as if they were one.</summary>
internal sealed class FilesCamera(CameraOptions options, string pattern) : ISource<Frame>
{
    private readonly CancellationTokenSource _disposed = new();
    private SourceWork _work;

    public string Name => options.Name;

    public bool IsReplayable => true;

    public double? NominalRate => Files() is [var first, ..] ? new FileCamera(options, first).NominalRate : null;

    public SourceWork Work => _work;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var first = new FileCamera(options, Found()[0]);
        await first.CheckAsync(cancellationToken);
    }

    public async IAsyncEnumerable<SourceItem<Frame>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var files = Found();
        var number = 0L;
        var (start, latest) = (options.StartTime, options.StartTime);
        foreach (var path in files)
        {
            await using var file = new FileCamera(options with { StartTime = start }, path);
            var before = _work;
            await foreach (var item in file.ReadAsync(0, end.Token))
            {
                _work = new SourceWork(before.Busy + file.Work.Busy, before.DamageReports + file.Work.DamageReports);
                latest = item.EventTime;
                if (number++ >= from)
                {
                    yield return item.Value is { } frame ? new SourceItem<Frame>(new Frame(Name, number - 1, frame.CapturedAt, frame.Picture) { Viewpoint = frame.Viewpoint }, item.EventTime) : item;
                }
            }

            // The next file's first frame comes a frame after this one's last.
            start = latest + TimeSpan.FromSeconds(1 / (file.NominalRate ?? 25));
        }
    }

    public async ValueTask DisposeAsync() => await _disposed.CancelAsync();

    private string[] Found() => Files() is [_, ..] files ? files : throw new SourceException($"Camera '{Name}': no file fits '{pattern}'. Correct its uri, or bring the files.");

    private string[] Files()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(pattern))!;
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal)] : [];
    }
}
