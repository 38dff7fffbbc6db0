using System.Collections.Immutable;
using System.Globalization;

namespace JellyBean.Vision.Recordings;

/// <summary>
/// A live camera's stream on disk, as it came, with a ledger of the frames that were given of it: enough to give them again, the same, after a crash of the process. Where it cannot be written, that is told and
/// tried again; the stream goes on. One thread writes; what it is doing may be asked by any.
/// </summary>
internal sealed class Recording : IDisposable
{
    // Files of 16 KiB, so that they go with the segments that they belong to.
    private const int FramesPerLedger = 512;
    private static readonly TimeSpan TidyEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);

    private readonly RecordingOptions _options;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly byte[] _record = new byte[RecordedFrame.Length];
    private FileStream? _lock;
    private RecordedSession? _session;
    private FileStream? _ledger;
    private int _ledgers;
    private int _written;
    private DateTimeOffset _tidied;
    private DateTimeOffset _failedAt;
    private string? _trouble;
    private volatile string _state = "has not begun to record";

    /// <summary>Opens nothing yet.</summary>
    public Recording(RecordingOptions options, string camera, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _folder = Path.Combine(Path.GetFullPath(options.Folder), Uri.EscapeDataString(camera));
    }

    /// <summary>What it is doing, for people.</summary>
    public string State => _state;

    // Random, and another one each time that the machine is started.
    private static string Boot => File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "boot";

    /// <summary>What was given from a number on, connection by connection.</summary>
    /// <returns>Null where not all of it is there.</returns>
    public ImmutableArray<(RecordedSession Session, ImmutableArray<RecordedFrame> Frames)>? From(long number)
    {
        try
        {
            var sessions = RecordedSession.Of(_folder).Select(s => (Session: s, Frames: s.Frames())).Where(s => !s.Frames.IsEmpty).ToList();
            if (sessions.Count == 0 || sessions.Any(s => s.Session.Boot != Boot) || sessions[^1].Frames[^1].Number < number - 1)
            {
                return null;
            }

            var given = sessions.Select(s => (s.Session, Frames: s.Frames.RemoveAll(f => f.Number < number))).Where(s => !s.Frames.IsEmpty).ToImmutableArray();
            var isWhole = given.SelectMany(s => s.Frames).Select((frame, i) => frame.Number == number + i).All(isNext => isNext);
            return isWhole && given.All(s => s.Session.SegmentsFrom(s.Frames[0].Arrived) is not null) ? given : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e.Message);
            return null;
        }
    }

    /// <summary>A connection begins.</summary>
    /// <param name="isAnew">Whether what was recorded before is of no use any more.</param>
    /// <returns>Where the decoder writes its segments; null where it is not to.</returns>
    public string? Begin(bool isAnew)
    {
        EndSession();
        try
        {
            Directory.CreateDirectory(_folder);
            _lock ??= new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            var before = RecordedSession.Of(_folder);
            foreach (var old in isAnew ? before : [])
            {
                Directory.Delete(old.Folder, recursive: true);
            }

            (_trouble, _failedAt) = (null, default);
            _session = RecordedSession.New(_folder, before.IsEmpty ? 0 : before[^1].Index + 1, Boot);
            Tidy(_time.GetUtcNow());
            return _session.Pattern;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e.Message);
            return null;
        }
    }

    /// <summary>A frame is about to be given.</summary>
    public void Note(RecordedFrame frame)
    {
        if (_session is not { } session || frame.Arrived - _failedAt < TryAgain)
        {
            return;
        }

        try
        {
            if (_ledger is null || _written >= FramesPerLedger)
            {
                _ledger?.Dispose();
                _ledger = new FileStream(session.LedgerAt(_ledgers++), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
                _written = 0;
            }

            frame.Write(_record);
            _ledger.Write(_record);
            _written++;
            _trouble = null;
            if (frame.Arrived - _tidied >= TidyEvery)
            {
                Tidy(frame.Arrived);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failedAt = frame.Arrived;
            _ledger?.Dispose();
            _ledger = null;
            Fail(e.Message);
        }
    }

    /// <summary>It cannot be written: the decoder says so, or the system.</summary>
    public void Fail(string reason)
    {
        _trouble = reason;
        _state = $"does not record: {reason}";
    }

    public void Dispose()
    {
        EndSession();
        _lock?.Dispose();
        _lock = null;
    }

    private void EndSession()
    {
        _ledger?.Dispose();
        (_session, _ledger, _ledgers, _written) = (null, null, 0, 0);
    }

    /// <summary>Deletes the oldest of what is too old or too much; never what is being written.</summary>
    private void Tidy(DateTimeOffset now)
    {
        _tidied = now;
        var files = RecordedSession.Of(_folder).SelectMany(s => new DirectoryInfo(s.Folder).GetFiles()).OrderBy(f => f.LastWriteTimeUtc).ToList();
        var (bytes, kept) = (files.Sum(f => f.Length), 0);
        foreach (var file in files)
        {
            var isCurrent = now.UtcDateTime - file.LastWriteTimeUtc < TidyEvery;
            if (isCurrent || (bytes <= _options.MostBytes && now.UtcDateTime - file.LastWriteTimeUtc <= _options.Length))
            {
                break;
            }

            bytes -= file.Length;
            file.Delete();
            kept++;
        }

        foreach (var session in RecordedSession.Of(_folder).Where(s => s.Folder != _session?.Folder && Directory.GetFiles(s.Folder).Length == 0))
        {
            Directory.Delete(session.Folder);
        }

        var age = files.Count > kept ? now.UtcDateTime - files[kept].LastWriteTimeUtc : TimeSpan.Zero;
        if (_trouble is null)
        {
            _state = string.Create(CultureInfo.InvariantCulture, $"records, the last {Math.Max(0, age.TotalSeconds):0} s, {bytes / 1048576.0:0.0} MiB");
        }
    }
}
