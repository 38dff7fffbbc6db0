using System.Diagnostics;

namespace JellyBean.Hosting.Provisioning;

/// <summary>Runs a program to its end, within a deadline.</summary>
internal static class OutsideProgram
{
    private const int MostOutput = 64 * 1024;
    private const int MostTold = 500;

    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="ProvisioningException">It could not be run, failed, or took too long, and was ended.</exception>
    public static async Task<string> RunAsync(string file, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
        try
        {
            process.Start();
        }
        catch (Exception cause) when (cause is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new ProvisioningException($"'{file}' cannot be run: {cause.Message}");
        }

        process.StandardInput.Close();
        try
        {
            var output = ReadAsync(process.StandardOutput, cancellationToken);
            var error = ReadAsync(process.StandardError, cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            var told = (await error.ConfigureAwait(false)).Trim();
            return process.ExitCode == 0
                ? await output.ConfigureAwait(false)
                : throw new ProvisioningException($"'{file} {string.Join(' ', arguments)}' has ended with code {process.ExitCode}: {(told.Length > MostTold ? told[^MostTold..] : told)}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new ProvisioningException($"'{file} {string.Join(' ', arguments)}' took too long, and was ended.");
        }
    }

    // What is beyond the bound is read and dropped: a program must not wait for a reader.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var (text, buffer) = (new System.Text.StringBuilder(), new char[4096]);
        while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            text.Append(buffer, 0, Math.Min(count, MostOutput - text.Length));
        }

        return text.ToString();
    }
}
