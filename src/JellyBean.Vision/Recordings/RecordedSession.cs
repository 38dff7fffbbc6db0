using System.Collections.Immutable;
using System.Globalization;

namespace JellyBean.Vision.Recordings;

/// <summary>What was recorded of one connection: a folder of segments, which the decoder writes, and of the frames that were given of them.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Index">Rises from one connection to the next.</param>
/// <param name="Boot">Since which start of the machine: what had not reached the disk when its power was cut is not there.</param>
internal sealed record RecordedSession(string Folder, long Index, string Boot)
{
    private const string Segments = "*.nut";
    private const string Ledgers = "*.frames";

    // A decoder holds frames back, a few at most.
    private static readonly TimeSpan MostHeldBack = TimeSpan.FromSeconds(2);

    /// <returns>Those of a camera, in order.</returns>
    public static ImmutableArray<RecordedSession> Of(string camera) => !Directory.Exists(camera)
        ? []
        : [.. Directory.GetDirectories(camera).Select(Parse).OfType<RecordedSession>().OrderBy(s => s.Index)];

    public static RecordedSession New(string camera, long index, string boot) =>
        new(Directory.CreateDirectory(Path.Combine(camera, string.Create(CultureInfo.InvariantCulture, $"{index}.{boot}"))).FullName, index, boot);

    /// <summary>The pattern by which the decoder names segments: numbered from 0.</summary>
    public string Pattern => Path.Combine(Folder.Replace("%", "%%", StringComparison.Ordinal), "%d.nut");

    /// <summary>A ledger's file.</summary>
    public string LedgerAt(int index) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{index}.frames"));

    /// <summary>Frames that were given, in order.</summary>
    public ImmutableArray<RecordedFrame> Frames()
    {
        var frames = ImmutableArray.CreateBuilder<RecordedFrame>();
        foreach (var file in Directory.GetFiles(Folder, Ledgers))
        {
            // One that was being written when the process ended is not whole.
            ReadOnlySpan<byte> bytes = File.ReadAllBytes(file);
            for (; bytes.Length >= RecordedFrame.Length; bytes = bytes[RecordedFrame.Length..])
            {
                frames.Add(RecordedFrame.Read(bytes));
            }
        }

        frames.Sort((a, b) => a.Number.CompareTo(b.Number));
        return frames.DrainToImmutable();
    }

    /// <summary>Segments in which frames lie that came at a time or later, in order.</summary>
    /// <returns>Null where what was recorded then is not there any more.</returns>
    public ImmutableArray<string>? SegmentsFrom(DateTimeOffset arrived)
    {
        // By when they were last written, for the decoder counts anew after the disk was full.
        var segments = new DirectoryInfo(Folder).GetFiles(Segments).OrderBy(f => f.LastWriteTimeUtc).ToList();
        var before = segments.FindLastIndex(f => f.LastWriteTimeUtc < arrived.UtcDateTime - MostHeldBack);
        return before < 0 && (segments is not [var first, ..] || first.Name != "0.nut") ? null : [.. segments.Skip(before + 1).Select(f => f.FullName)];
    }

    private static RecordedSession? Parse(string folder) =>
        Path.GetFileName(folder).Split('.') is [var index, var boot] && long.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RecordedSession(folder, number, boot)
            : null;
}
