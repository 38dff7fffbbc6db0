using System.Diagnostics;
using JellyBean.Vision;
using JellyBean.Vision.Cameras;

namespace JellyBean.Benchmarks.Figures.Video;

/// <summary>The camera rig as a process of its own, so that what it does costs the engine nothing but the machine's time.</summary>
internal sealed class RigProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private RigProcess(Process process, IReadOnlyList<CameraOptions> cameras) => (_process, Cameras) = (process, cameras);

    /// <summary>How each of its cameras is read.</summary>
    public IReadOnlyList<CameraOptions> Cameras { get; }

    public static async Task<RigProcess> StartAsync(int cameras, string protocols, int fps)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "JellyBean.CameraRig.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, $"{cameras}", protocols, $"{fps}"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(Deadline);
        List<CameraOptions> options = [];
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line && line != "ready")
        {
            var words = line.Split(' ');
            options.Add(new CameraOptions { Name = words[0], Uri = words[1], Listen = words.Length > 2 });
        }

        return options.Count == cameras ? new RigProcess(process, options) : throw new InvalidOperationException("The camera rig has not started.");
    }

    /// <summary>Makes a camera misbehave, or behave again.</summary>
    public async Task TellAsync(string order)
    {
        using var limit = new CancellationTokenSource(Deadline);
        await _process.StandardInput.WriteLineAsync(order.AsMemory(), limit.Token);
        await _process.StandardInput.FlushAsync(limit.Token);
        if (await _process.StandardOutput.ReadLineAsync(limit.Token) is not "done")
        {
            throw new InvalidOperationException($"The camera rig does not understand '{order}'.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
