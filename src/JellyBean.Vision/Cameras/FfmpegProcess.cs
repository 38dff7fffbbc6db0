using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace JellyBean.Vision.Cameras;

/// <summary>A running ffmpeg or ffprobe: its error lines are drained and the last ones kept; disposing ends it.</summary>
internal sealed partial class FfmpegProcess : IAsyncDisposable
{
    /// <summary>
    /// How files are read, by ffmpeg and ffprobe alike. An AVI file has no times in it but those that follow from its index: read by it, pictures keep their times where the file is damaged before
    /// them, and those in the damage are known to be missing. Other formats do not know the flag.
    /// </summary>
    public static readonly string[] ReadByIndex = ["-fflags", "+sortdts"];

    private const int KeptLines = 4;
    private const int LongestLine = 200;
    private const string NoReason = "it gave no reason";
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _draining;
    private readonly Func<string, string?>? _onLine;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lastLines = new();
    private TimeSpan _processorTime;

    private FfmpegProcess(Process process, Func<string, string?>? onLine, Action? onEnd)
    {
        _process = process;
        _onLine = onLine;
        _draining = DrainAsync(onEnd);
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Processor time it has taken, user's and system's; what was known last where it has ended. One thread asks.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            try
            {
                _process.Refresh();
                _processorTime = _process.TotalProcessorTime;
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception)
            {
                // The system forgets a process that has ended.
            }

            return _processorTime;
        }
    }

    /// <summary>The last line of complaint, for an error message that comes often.</summary>
    public string LastLine
    {
        get
        {
            lock (_gate)
            {
                return _lastLines.LastOrDefault() ?? NoReason;
            }
        }
    }

    /// <summary>The last lines of complaint, for an error message.</summary>
    public string LastLines
    {
        get
        {
            lock (_gate)
            {
                return _lastLines.Count == 0 ? NoReason : string.Join("; ", _lastLines);
            }
        }
    }

    /// <param name="program">ffmpeg or ffprobe.</param>
    /// <param name="arguments">Passed as they are, no shell between.</param>
    /// <param name="onLine">Sees each line of standard error, in order, maybe before this returns; gives what of it is kept for <see cref="LastLines"/>, null for nothing. All is kept unless given.</param>
    /// <param name="onEnd">Called after the last line.</param>
    /// <param name="writes">Whether the caller writes to its standard input.</param>
    /// <exception cref="FileNotFoundException">The program is not installed.</exception>
    public static FfmpegProcess Start(string program, IEnumerable<string> arguments, Func<string, string?>? onLine = null, Action? onEnd = null, bool writes = false)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception e)
        {
            throw new FileNotFoundException($"The program '{program}' cannot be started ({e.Message}). Install the Debian package ffmpeg.", program, e);
        }

        if (process is null)
        {
            throw new FileNotFoundException($"The program '{program}' cannot be started. Install the Debian package ffmpeg.", program);
        }

        if (!writes)
        {
            process.StandardInput.Close();
        }

        return new FfmpegProcess(process, onLine, onEnd);
    }

    /// <summary>Waits until it has ended and its last line is read.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _draining.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            using var limit = new CancellationTokenSource(EndLimit);
            await WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile, or the system keeps it: there is nothing more to do about it here.
            Trace.TraceWarning("Ending a decoder failed: {0}", e.Message);
        }
        finally
        {
            // A process that is disposed leaves those streams open that were asked for, and with them a pipe each.
            await _process.StandardOutput.BaseStream.DisposeAsync();
            _process.StandardError.Dispose();
            _process.Dispose();
        }
    }

    private async Task DrainAsync(Action? onEnd)
    {
        try
        {
            while (await _process.StandardError.ReadLineAsync() is { } line)
            {
                if ((_onLine is null ? line : _onLine(line)) is { } kept)
                {
                    Keep(kept);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Keep(e.Message);
        }
        finally
        {
            onEnd?.Invoke();
        }
    }

    /// <summary>Keeps a line for <see cref="LastLines"/>, dropping the oldest.</summary>
    private void Keep(string line)
    {
        lock (_gate)
        {
            if (_lastLines.Count == KeptLines)
            {
                _lastLines.Dequeue();
            }

            // Where a decoder stands in memory is of no use to anybody; sentences end where they are put together.
            var told = Addresses().Replace(line, "").Trim().TrimEnd('.');
            _lastLines.Enqueue(told.Length > LongestLine ? told[..LongestLine] : told);
        }
    }

    [GeneratedRegex(" @ 0x[0-9a-fA-F]+", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();
}
