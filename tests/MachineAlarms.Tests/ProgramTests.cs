using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace MachineAlarms.Tests;

/// <summary>The program as its users start it.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("machine-alarms-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_writes_the_alarms_and_tells_of_the_line_that_is_no_reading()
    {
        // Whatever else the machine does while the program measures itself, a reading every ten seconds is planned for.
        var start = new ProcessStartInfo(
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "MachineAlarms.dll"), "run", "--readings", $"hall={Path.Combine(AppContext.BaseDirectory, "readings.csv")}",
                "--output", _folder, "--rate", "0.1", "--set", "jellybean.objectives.alarms.p99=1h", "--set", "jellybean.profile.budget=2s",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["JELLYBEAN_CACHE"] = Path.Combine(_folder, "cache") },
        };
        using var deadline = new CancellationTokenSource(Deadline);
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
            await process.WaitForExitAsync(deadline.Token);

            Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}.\n{await output}\n{await error}");
            Assert.Contains("'saw,155,warm,0.10' is no reading", await output, StringComparison.Ordinal);
            Assert.Equal([("press", 62), ("saw", 102)], await AlarmsAsync());
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private async Task<IReadOnlyList<(string Machine, double Second)>> AlarmsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "alarms.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = new SqliteCommand("SELECT machine, second FROM alarm ORDER BY machine", connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<(string, double)> alarms = [];
        while (await reader.ReadAsync())
        {
            alarms.Add((reader.GetString(0), reader.GetDouble(1)));
        }

        return alarms;
    }
}
