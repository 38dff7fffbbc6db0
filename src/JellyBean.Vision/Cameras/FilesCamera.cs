using System.Runtime.CompilerServices;
using JellyBean.Workflows.Inputs;

namespace JellyBean.Vision.Cameras;

/// <summary>Files that a pattern names, one after the other in the order of their names, as if they were one. One that cannot be read is a bad item at its place.</summary>
internal sealed class FilesCamera(CameraOptions options, string pattern) : ISource<Frame>
{
    private readonly CancellationTokenSource _disposed = new();
    private SourceWork _work;

    public string Name => options.Name;

    public bool IsReplayable => true;

    public double? NominalRate
    {
        get
        {
            try
            {
                return new FileCamera(options, Found()[0]).NominalRate;
            }
            catch (SourceException)
            {
                // Reading will say what is wrong; here it only means that the rate is not known.
                return null;
            }
        }
    }

    public SourceWork Work => _work;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var first = new FileCamera(options, Found()[0]);
        await first.CheckAsync(cancellationToken);
    }

    public async IAsyncEnumerable<SourceItem<Frame>> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        var thinning = new Thinning(options);
        var (number, start) = (0L, options.StartTime);
        foreach (var path in Found())
        {
            await using var file = new FileCamera(options with { StartTime = start }, path, thinning);
            await using var items = file.ReadAsync(0, end.Token).GetAsyncEnumerator(end.Token);
            var before = _work;
            while (await NextAsync(file, items) is { } item)
            {
                _work = new SourceWork(before.Busy + file.Work.Busy, before.DamageReports + file.Work.DamageReports);
                if (number++ >= from)
                {
                    yield return item.Value is { } frame ? new SourceItem<Frame>(new Frame(Name, number - 1, frame.CapturedAt, frame.Picture) { Viewpoint = frame.Viewpoint }, item.EventTime) : item;
                }
            }

            start = file.Ends;
        }
    }

    public async ValueTask DisposeAsync() => await _disposed.CancelAsync();

    /// <returns>Null at the file's end, which is also behind what says why it cannot be read on.</returns>
    private static async ValueTask<SourceItem<Frame>?> NextAsync(FileCamera file, IAsyncEnumerator<SourceItem<Frame>> items)
    {
        try
        {
            return await items.MoveNextAsync() ? items.Current : null;
        }
        catch (SourceException e)
        {
            return SourceItem<Frame>.Bad(e.Message, file.Ends);
        }
    }

    private IReadOnlyList<string> Found() => VideoFolder.Files(Name, Path.GetDirectoryName(Path.GetFullPath(pattern))!, Path.GetFileName(pattern)) is [_, ..] files
        ? files
        : throw new SourceException($"Camera '{Name}': no file fits '{pattern}'. Correct its uri, or bring the files.");
}
