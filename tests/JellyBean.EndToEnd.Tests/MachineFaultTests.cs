using System.Globalization;
using System.Text.RegularExpressions;
using JellyBean.EndToEnd.Tests.Machines;
using JellyBean.Hosting.Sinks;
using JellyBean.Workflows;
using JellyBean.Workflows.Outputs;
using MachineAlarms;
using Microsoft.Data.Sqlite;

namespace JellyBean.EndToEnd.Tests;

/// <summary>What machines do without dying: clocks that are wrong, disks that are full.</summary>
public sealed class MachineFaultTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task Clocks_of_the_machines_differ_by_hours_latencies_and_results_are_those_of_right_ones()
    {
        Skip.IfNot(SkewedClock.WhyNot is null, SkewedClock.WhyNot);
        using var clock = new SkewedClock();
        await using var site = new Site(Deadline, repeats: 2);
        string[] more = ["--set", $"jellybean.snapshots.folder={Path.Combine(site.Folder, "snapshots")}", "--set", "jellybean.snapshots.every=500ms"];
        site.PutBehind("boss", clock.By(TimeSpan.FromHours(5)));
        site.PutBehind("sensor-1", clock.By(-TimeSpan.FromDays(2)));
        site.PutBehind("box-1", clock.By(TimeSpan.FromDays(3)));
        var (_, at) = await site.StartAsync("boss", "coordinator", "", more);
        await site.StartAsync("sensor-1", "edge", at, more);
        await site.StartAsync("box-1", "cloud", at, more);
        await site.JoinedAsync("sensor-1", "box-1");

        var run = site.Run(at);

        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
        Assert.Contains("by epoch 1,", run.Output, StringComparison.Ordinal);
        var p99 = double.Parse(Regex.Match(run.Output, @"alarms: \d+ results, p50 \d+ ms, p99 (\d+) ms").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(p99, 0, TimeSpan.FromMinutes(1).TotalMilliseconds);

        // The clock of whoever coordinates was wrong indeed: it says when a snapshot was taken.
        var manifest = File.ReadAllText(Directory.EnumerateFiles(site.Folder, "complete.json", SearchOption.AllDirectories).First());
        var takenAt = DateTimeOffset.Parse(Regex.Match(manifest, @"""TakenAt"": ""([^""]+)""").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(takenAt - DateTimeOffset.UtcNow, TimeSpan.FromHours(4), TimeSpan.FromHours(6));
    }

    [SkippableFact]
    public async Task Disk_of_snapshots_and_journal_is_full_the_run_goes_on_without_and_nothing_is_lost()
    {
        Skip.IfNot(SmallDisk.WhyNot is null, SmallDisk.WhyNot);
        using var disk = new SmallDisk("1m");
        await using var site = new Site(Deadline, repeats: 3);
        string[] more = ["--set", $"jellybean.snapshots.folder={Path.Combine(disk.Folder, "snapshots")}", "--set", "jellybean.snapshots.every=500ms"];
        var (boss, at) = await site.StartAsync("boss", "coordinator", "", [.. more, "--data", disk.Folder]);
        await site.StartAsync("sensor-1", "edge", at, more);
        await site.StartAsync("box-1", "cloud", at, more);
        await site.JoinedAsync("sensor-1", "box-1");
        var run = site.Run(at);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);

        disk.Fill();
        await boss.SaysAsync("[Nn]o space left on device|disk is full", site.Deadline);

        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
        Assert.Contains("by epoch 1,", run.Output, StringComparison.Ordinal);
        Assert.InRange(Regex.Count(site.Everything, "[Nn]o space left on device|disk is full"), 1, 3);
    }

    [SkippableFact]
    public async Task Disk_of_the_results_is_full_the_sink_says_so_keeps_nothing_of_the_batch_and_writes_on_once_there_is_room()
    {
        Skip.IfNot(SmallDisk.WhyNot is null, SmallDisk.WhyNot);
        using var deadline = new CancellationTokenSource(Deadline);
        using var disk = new SmallDisk("1m");
        await using var sink = new SqliteSink<Alarm>(Path.Combine(disk.Folder, "alarms.db"));
        await sink.OpenAsync(1, deadline.Token);
        await sink.WriteAsync(Batch(0), deadline.Token);

        disk.Fill();
        var written = 1;
        var error = await Record.ExceptionAsync(async () =>
        {
            // What the database has of its own may take some more.
            for (; written < 100; written++)
            {
                await sink.WriteAsync(Batch(written), deadline.Token);
            }
        });
        disk.Free();
        await sink.WriteAsync(Batch(written), deadline.Token);
        await sink.DisposeAsync();

        Assert.Contains("the disk is full. Make room; nothing of the batch was kept.", Assert.IsType<SinkException>(error).Message, StringComparison.Ordinal);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(disk.Folder, "alarms.db")};Pooling=False");
        await connection.OpenAsync(deadline.Token);
        await using var count = new SqliteCommand("SELECT count(*) FROM alarm", connection);
        Assert.Equal((written + 1L) * BatchSize, await count.ExecuteScalarAsync(deadline.Token));
    }

    private const int BatchSize = 200;

    private static SinkBatch<Alarm> Batch(int number) => new(
        1,
        [.. Enumerable.Range(0, BatchSize).Select(i => new Result<Alarm>($"{number}-{i}", DateTimeOffset.UnixEpoch, new Alarm($"machine-{i}", number, 0.9f)))],
        [new SourcePosition(SourceId.Of("readings", "hall"), number)]);
}
