using System.Diagnostics;

namespace PublishedInstance.Tests;

/// <summary>The program as users run it: a process, its answer, its messages and its exit code.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task<ProgramRun> OfAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "PublishedInstance.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
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
