using System.Diagnostics;
using System.Runtime.InteropServices;

namespace JellyBean.CameraRig;

/// <summary>ffmpeg playing a clip in real time for ever: the inside of a camera. Can be stopped in its tracks.</summary>
internal sealed partial class Publisher : IDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;
    private readonly Process _process;

    public Publisher(string clip, params string[] output)
    {
        _process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", clip, "-map", "0:v", .. output])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    public Task Ended => _process.WaitForExitAsync();

    // One that has ended meanwhile cannot be frozen, and need not be.
    public bool Freeze() => Signal(_process.Id, Stop) == 0;

    public bool Thaw() => Signal(_process.Id, Continue) == 0;

    public void Dispose()
    {
        try
        {
            _process.Kill();
            _process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
