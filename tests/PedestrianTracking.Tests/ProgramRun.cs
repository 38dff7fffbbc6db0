using System.Diagnostics;

namespace PedestrianTracking.Tests;

/// <summary>The program as users start it: a process of its own, and what came of it.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly string DotNet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>All there is to know of a run that did something else than expected.</summary>
    public override string ToString() => $"Exit code {ExitCode}.\nStandard output:\n{Output}\nStandard error:\n{Error}";

    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    public static async Task<ProgramRun> StartAsync(IEnumerable<string> arguments, params (string Name, string? Value)[] environment)
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
            return new ProgramRun(process.ExitCode, await output, await error);
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
