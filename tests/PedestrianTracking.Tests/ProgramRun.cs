using System.Diagnostics;

namespace PedestrianTracking.Tests;

/// <summary>The program as users start it: a process of its own.</summary>
internal static class ProgramRun
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly string DotNet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    public static async Task<(int ExitCode, string Output, string Error)> StartAsync(IEnumerable<string> arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(DotNet, ["exec", Path.Combine(AppContext.BaseDirectory, "PedestrianTracking.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
