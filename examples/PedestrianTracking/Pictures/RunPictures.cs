using System.Collections.Concurrent;
using System.Collections.Immutable;
using JellyBean.Hosting;
using JellyBean.Vision;
using JellyBean.Vision.Drawing;

namespace PedestrianTracking.Pictures;

/// <summary>Draws what a run found: a contact sheet of all cameras, and a video for each. Bounded in frames and time, whatever the clips.</summary>
internal sealed class RunPictures(RememberedCameras cameras)
{
    private const int MostCameras = 8;
    private const int MostFrames = 1_000;
    private const int FewestColumns = 4;
    private const int MostTiles = 16;
    private const int FewestTiles = 4;
    private const int TileWidth = 336;
    private const int LeastTileHeight = 189;
    private const int MostTileHeight = 600;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    public async Task<RunAddition> DrawAsync(RunSummary summary, CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(TimeLimit);
        var seen = summary.Sources.Where(s => s.Value.Processed > 0).Take(MostCameras).ToList();
        var times = TimesInARow(seen.Count);
        var tiles = Math.Max(FewestTiles, MostTiles / Math.Max(1, seen.Count)) / times * times;
        var tracks = seen.ToDictionary(s => s.Key, s => TracksFile.Read(summary.OutputFolder, s.Key, Math.Min(s.Value.Offered, MostFrames)), StringComparer.Ordinal);
        var identities = PeopleAcross.Identities([.. tracks.Values.SelectMany(camera => camera.SelectMany(frame => frame)), .. TracksFile.ReadIdentities(summary.OutputFolder)]);
        var drawn = new ConcurrentDictionary<string, CameraPictures>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(seen, cancellationToken, async (source, token) =>
        {
            var (name, progress) = source;
            if (cameras.CreateAgain(name) is not { } camera)
            {
                return;
            }

            await using (camera)
            {
                var frames = Math.Min(progress.Offered, MostFrames);
                var pictures = new CameraPictures(camera, tracks[name], identities, frames, tiles);
                await pictures.DrawAsync(VideoPath(summary.OutputFolder, name), enough.Token, token);
                drawn[name] = pictures;
            }
        });

        List<RunFile> files = [];

        // What the cameras show at one time lies side by side, so that one sees that a person has one number.
        List<IReadOnlyList<Picture>> shown = [.. seen.Where(s => drawn.ContainsKey(s.Key)).Select(s => drawn[s.Key].Tiles)];
        ImmutableArray<Picture> sheet = [.. Enumerable.Range(0, tiles).SelectMany(i => shown.Where(camera => i < camera.Count).Select(camera => camera[i]))];
        if (!sheet.IsEmpty)
        {
            var path = Path.Combine(summary.OutputFolder, "tracks.png");
            var height = Math.Clamp(TileWidth * sheet[0].Height / sheet[0].Width, LeastTileHeight, MostTileHeight);
            await File.WriteAllBytesAsync(path, ContactSheet.Png(sheet, shown.Count * TimesInARow(shown.Count), TileWidth, height), cancellationToken);
            files.Add(new RunFile(path, "open this first: everyone with one number, whatever the camera"));
        }

        files.AddRange(seen.Where(s => drawn.ContainsKey(s.Key)).Select(s => new RunFile(VideoPath(summary.OutputFolder, s.Key), $"video of camera {s.Key}")));
        files.Add(new RunFile(TracksFile.PathIn(summary.OutputFolder), $"database, tables {TracksFile.Table} and {TracksFile.IdentitiesTable}"));
        return new RunAddition { Files = [.. files] };
    }

    /// <summary>How often a row of the sheet shows each camera.</summary>
    private static int TimesInARow(int cameras) => (int)Math.Ceiling((double)FewestColumns / Math.Max(1, cameras));

    // A camera's name is the user's; the file's is not a path.
    private static string VideoPath(string folder, string camera) =>
        Path.Combine(folder, string.Concat(camera.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')) + ".mp4");
}
