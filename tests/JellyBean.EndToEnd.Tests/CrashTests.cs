using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace JellyBean.EndToEnd.Tests;

/// <summary>Processes with folders of their own, killed without a word, some with all that they had on their disk.</summary>
public sealed class CrashTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("box", false)]
    [InlineData("box", true)]
    [InlineData("sensor", true)]
    public async Task Machine_is_lost_the_run_goes_on_from_copies_and_the_rows_are_those_of_an_undisturbed_one(string kind, bool losesItsFolder)
    {
        await using var site = new Site(Deadline, repeats: 8);
        string[] more = ["--set", "jellybean.snapshots.every=300ms"];
        var (_, at) = await site.StartAsync("boss", "coordinator", "", more);
        foreach (var (name, role) in new[] { ("sensor-1", "edge"), ("sensor-2", "edge"), ("box-1", "cloud"), ("box-2", "cloud") })
        {
            await site.StartAsync(name, role, at, more);
        }

        await site.JoinedAsync("sensor-1", "sensor-2", "box-1", "box-2");
        var run = site.Run(at);
        var used = await run.SaysAsync(kind == "box" ? @"(box-\d): .*streak" : @"(sensor-\d): .*readings", site.Deadline);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        var complete = await CompleteAsync(site, after: 0);
        Assert.All(complete.Parts, p => Assert.True(p.Copy is not null && p.Copy != p.Worker, site.Everything));
        site[used].Kill();
        if (losesItsFolder)
        {
            Directory.Delete(Path.Combine(site.Folder, "out", "snapshots", used), recursive: true);
        }

        var code = await run.EndsAsync(site.Deadline);

        Assert.True(code == 0, site.Everything);
        Assert.Contains($"'{used}' was lost", run.Output, StringComparison.Ordinal);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());

        var undisturbed = site.Run("", "--output", Path.Combine(site.Folder, "calm"));
        Assert.True(await undisturbed.EndsAsync(site.Deadline) == 0, undisturbed.Output);
        Assert.Equal(Rows(site, "calm"), Rows(site, "out"));

        // Two that are complete, and perhaps the one that was begun last.
        Assert.All(Directory.GetDirectories(Path.Combine(site.Folder, "out", "snapshots")), node => Assert.InRange(Directory.GetDirectories(node).Length, 0, 4));
    }

    /// <summary>Waits for a snapshot that the coordinator says is complete.</summary>
    private static async Task<Manifest> CompleteAsync(Site site, long after)
    {
        var folder = Path.Combine(site.Folder, "out", "snapshots", "boss");
        while (true)
        {
            site.Deadline.ThrowIfCancellationRequested();
            var newest = Directory.Exists(folder) ? Directory.GetFiles(folder, "complete.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() : null;
            if (newest is not null && JsonSerializer.Deserialize<Manifest>(await File.ReadAllTextAsync(newest)) is { } manifest && manifest.Snapshot > after)
            {
                return manifest;
            }

            // Another process's files: there is nothing to wait on but time.
            await Task.Delay(20);
        }
    }

    /// <summary>All that was written, but the last digits of what a model said: which variant runs is the plan's choice.</summary>
    private static List<string> Rows(Site site, string output)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(site.Folder, output, "alarms.db")};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand("SELECT result_id, event_time, machine, second, round(probability, 4) FROM alarm ORDER BY result_id", connection);
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    private sealed record Manifest(long Snapshot, IReadOnlyList<Part> Parts);

    private sealed record Part(string Worker, string? Copy);
}
