using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MachineAlarms.Tests;

/// <summary>The program, killed without a word, and started again.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Readings = 300_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private readonly string _folder = Directory.CreateTempSubdirectory("machine-alarms-crash-").FullName;
    private readonly string _readings;

    public CrashTests()
    {
        _readings = Path.Combine(_folder, "readings.csv");
        File.WriteAllLines(_readings, Lines());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_killed_twice_and_resumed_has_the_rows_of_an_undisturbed_one_to_the_byte()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var (calm, killed) = (Path.Combine(_folder, "calm"), Path.Combine(_folder, "killed"));
        var undisturbed = await RunAsync(calm, [], null, deadline.Token);
        Assert.True(undisturbed.Code == 0, undisturbed.Text);

        // Each time once it has come further than the time before.
        foreach (var resume in new string[][] { [], ["--resume"] })
        {
            var before = LastSnapshot(killed);
            var cut = await RunAsync(killed, resume, () => LastSnapshot(killed) >= before + 2, deadline.Token);
            Assert.True(cut.Code is null, $"It ended before it could be killed.\n{cut.Text}");
        }

        var last = await RunAsync(killed, ["--resume"], null, deadline.Token);

        Assert.True(last.Code == 0, last.Text);
        Assert.Contains("Going on with a run that was cut off", last.Text, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{Readings}"), last.Text, StringComparison.Ordinal);
        var expected = Rows(calm);
        Assert.True(expected.Count > 1000, $"Only {expected.Count} alarms.");
        Assert.Equal(expected, Rows(killed));
        Assert.Equal(0, LastSnapshot(killed));
    }

    private static IEnumerable<string> Lines()
    {
        var random = new Random(7);
        for (var i = 0; i < Readings; i++)
        {
            // One in three looks wrong.
            var isHot = random.Next(3) == 0;
            yield return string.Create(CultureInfo.InvariantCulture, $"machine-{i % 40},{i / 40},{(isHot ? 4 : 0):F2},{(isHot ? 2 : 0):F2}");
        }
    }

    /// <summary>Runs the program to its end, or kills it once <paramref name="until"/> says so: then its code is null.</summary>
    private async Task<(int? Code, string Text)> RunAsync(string output, string[] more, Func<bool>? until, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "MachineAlarms.dll"), "run", "--readings", $"hall={_readings}", "--output", output, "--rate", "0.1",
                "--set", "jellybean.objectives.alarms.p99=1h", "--set", "jellybean.profile.budget=2s", "--set", "jellybean.snapshots.every=100ms", .. more,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["JELLYBEAN_CACHE"] = Path.Combine(_folder, "cache") },
        };
        using var process = Process.Start(start)!;
        var (told, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        try
        {
            while (until is not null && !process.HasExited && !until())
            {
                // Another process's files: there is nothing to wait on but time.
                await Task.Delay(5, cancellationToken);
            }

            if (until is not null && !process.HasExited)
            {
                // SIGKILL: nothing of the program runs any more.
                process.Kill();
                await process.WaitForExitAsync(cancellationToken);
                return (null, $"{await told}\n{await errors}");
            }

            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, $"{await told}\n{await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static long LastSnapshot(string output)
    {
        var folder = Path.Combine(output, "snapshots");
        return !Directory.Exists(folder)
            ? 0
            : Directory.GetDirectories(folder).Where(d => File.Exists(Path.Combine(d, "complete.json"))).Select(d => long.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
    }

    private static List<string> Rows(string output)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(output, "alarms.db")};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand("SELECT * FROM alarm ORDER BY result_id", connection);
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }
}
