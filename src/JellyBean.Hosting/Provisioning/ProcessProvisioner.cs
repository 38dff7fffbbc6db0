using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using JellyBean.Planning.Infrastructure;

namespace JellyBean.Hosting.Provisioning;

/// <summary>Starts workers as processes of this program on this machine, and remembers them in files: they are found again when the program comes back.</summary>
/// <param name="folder">Where it remembers: a file for each worker, with the process's id and when it began, so that no other process is ever taken for it.</param>
/// <param name="program">How this program is called: a file and the arguments before its own.</param>
/// <param name="arguments">What a node needs besides role and name, whom to join included.</param>
internal sealed class ProcessProvisioner(string folder, ImmutableArray<string> program, Func<IEnumerable<string>> arguments) : IProvisioner
{
    private const string Ending = ".process";

    /// <summary>How this very program was called.</summary>
    public static ImmutableArray<string> ThisProgram => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, "exec", Environment.GetCommandLineArgs()[0]]
        : [Environment.ProcessPath!];

    public Task<ImmutableArray<WorkerId>> ListAsync(CancellationToken cancellationToken)
    {
        var there = ImmutableArray.CreateBuilder<WorkerId>();
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Ending) : [])
        {
            using var process = Find(file);
            if (process is null)
            {
                File.Delete(file);
            }
            else
            {
                there.Add(new WorkerId(Path.GetFileName(file)[..^Ending.Length]));
            }
        }

        return Task.FromResult(there.ToImmutable());
    }

    public async Task StartAsync(ProvisionedWorker worker, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var file = FileOf(worker.Worker);
        using var there = Find(file);
        if (there is not null)
        {
            return;
        }

        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), "node", "--role", worker.Tier.Name, "--name", worker.Worker.Value, "--type", worker.Type.Value, .. arguments()]);
        try
        {
            using var process = Process.Start(start) ?? throw new ProvisioningException($"'{program[0]}' cannot be started.");
            await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}"), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new ProvisioningException($"Worker '{worker.Worker}' cannot be started: {cause.Message}");
        }
    }

    /// <summary>Asks it to leave, so that what it runs moves away; ends it where it does not.</summary>
    public async Task StopAsync(WorkerId worker, CancellationToken cancellationToken)
    {
        var file = FileOf(worker);
        using var process = Find(file);
        if (process is null)
        {
            File.Delete(file);
            return;
        }

        try
        {
            await OutsideProgram.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)], cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        File.Delete(file);
    }

    // A name of the catalogue is no path.
    private string FileOf(WorkerId worker) => Path.Combine(folder, Uri.EscapeDataString(worker.Value) + Ending);

    /// <summary>The process of a file; null where it is gone, or where its id is another one's by now.</summary>
    private static Process? Find(string file)
    {
        try
        {
            if (!File.Exists(file) || File.ReadAllText(file).Split(' ') is not [var id, var began])
            {
                return null;
            }

            var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            if (!process.HasExited && Math.Abs(process.StartTime.ToUniversalTime().Ticks - long.Parse(began, CultureInfo.InvariantCulture)) < TimeSpan.TicksPerSecond)
            {
                return process;
            }

            process.Dispose();
            return null;
        }
        catch (Exception cause) when (cause is ArgumentException or InvalidOperationException or FormatException or OverflowException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
