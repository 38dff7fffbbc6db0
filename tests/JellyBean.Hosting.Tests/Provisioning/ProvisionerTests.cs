using System.Diagnostics;
using System.Globalization;
using JellyBean.Hosting.Provisioning;
using JellyBean.Planning.Infrastructure;
using JellyBean.Workflows;

namespace JellyBean.Hosting.Tests.Provisioning;

/// <summary>Workers as real processes, and by a script.</summary>
public sealed class ProvisionerTests : IDisposable
{
    private static readonly ProvisionedWorker Box = new(new WorkerId("box-1"), Tier.Cloud, new WorkerTypeId("box"));

    private readonly string _folder = Directory.CreateTempSubdirectory("jellybean-workers-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _deadline.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Process_is_started_once_found_by_the_next_life_and_stopped_and_no_other_is_touched()
    {
        var first = Sleeper();
        await first.StartAsync(Box, _deadline.Token);
        await first.StartAsync(Box, _deadline.Token);
        using var stranger = Process.Start("sleep", "60");
        await File.WriteAllTextAsync(Path.Combine(_folder, "box-2.process"), $"{stranger.Id} {stranger.StartTime.ToUniversalTime().AddMinutes(-1).Ticks}", _deadline.Token);

        var next = Sleeper();
        var found = await next.ListAsync(_deadline.Token);
        var id = int.Parse((await File.ReadAllTextAsync(Path.Combine(_folder, "box-1.process"), _deadline.Token)).Split(' ')[0], CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(id);
        await next.StopAsync(new WorkerId("box-2"), _deadline.Token);
        await next.StopAsync(Box.Worker, _deadline.Token);
        await next.StopAsync(Box.Worker, _deadline.Token);
        await process.WaitForExitAsync(_deadline.Token);

        Assert.Equal(["box-1"], found.Select(w => w.Value));
        Assert.Empty(await next.ListAsync(_deadline.Token));
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [Fact]
    public async Task Script_is_called_with_what_it_needs_and_its_failures_are_told()
    {
        var script = Script("""
            case "$1" in
              start) echo "$@" >> "$(dirname "$0")/called"; touch "$(dirname "$0")/$2.up" ;;
              stop) [ "$2" != box-9 ] || { echo "no such machine" >&2; exit 3; }; rm -f "$(dirname "$0")/$2.up" ;;
              list) for f in "$(dirname "$0")"/*.up; do [ ! -e "$f" ] || basename "$f" .up; done ;;
            esac
            """);
        var provisioner = new ScriptProvisioner(script, () => "127.0.0.1:4711");

        await provisioner.StartAsync(Box, _deadline.Token);
        var there = await provisioner.ListAsync(_deadline.Token);
        await provisioner.StopAsync(Box.Worker, _deadline.Token);
        var cause = await Assert.ThrowsAsync<ProvisioningException>(() => provisioner.StopAsync(new WorkerId("box-9"), _deadline.Token));

        Assert.Equal("start box-1 cloud box 127.0.0.1:4711\n", await File.ReadAllTextAsync(Path.Combine(_folder, "called"), _deadline.Token));
        Assert.Equal(["box-1"], there.Select(w => w.Value));
        Assert.Empty(await provisioner.ListAsync(_deadline.Token));
        Assert.Contains("code 3: no such machine", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_that_takes_too_long_is_ended_and_one_that_is_not_there_is_told()
    {
        var slow = new ScriptProvisioner(Script("sleep 60"), () => "");
        var none = new ScriptProvisioner(Path.Combine(_folder, "none"), () => "");
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var late = await Assert.ThrowsAsync<ProvisioningException>(() => slow.ListAsync(soon.Token));
        var missing = await Assert.ThrowsAsync<ProvisioningException>(() => none.ListAsync(_deadline.Token));

        Assert.Contains("took too long", late.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be run", missing.Message, StringComparison.Ordinal);
    }

    private ProcessProvisioner Sleeper() => new(_folder, ["/bin/sh", "-c", "exec sleep 60", "sh"], () => []);

    private string Script(string text)
    {
        var file = Path.Combine(_folder, "provision");
        File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return file;
    }
}
