using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using JellyBean.Runtime.Security;

namespace JellyBean.EndToEnd.Tests.Security;

/// <summary>A running cluster of processes with mutual TLS, and someone outside it.</summary>
public sealed class IntruderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Scans_noise_wrong_certificates_and_replays_are_refused_told_once_and_disturb_nothing()
    {
        await using var site = new Site(Deadline, repeats: 4, isSecure: true);
        var (_, boss) = await site.StartAsync("boss", "coordinator", "");
        var (_, sensor) = await site.StartAsync("sensor-1", "edge", boss);
        var (_, box) = await site.StartAsync("box-1", "cloud", boss);
        await site.JoinedAsync("sensor-1", "box-1");
        var run = site.Run(boss);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        var links = await site.Ask("status", boss).SaysAsync(@"box-1 .* (127\.0\.0\.1:\d+) +there", site.Deadline);
        using var elsewhere = LocalAuthority.OpenOrCreate(Path.Combine(site.Folder, "elsewhere"));
        using var stranger = X509Certificate2.CreateFromPemFile(elsewhere.Issue("box-1", ["127.0.0.1"]));
        using var insider = X509Certificate2.CreateFromPemFile(Path.Combine(site.Folder, "certificates", "client.pem"));

        foreach (var port in new[] { links, boss, box, sensor })
        {
            await new Intruder(IPEndPoint.Parse(port), stranger, insider, site.Deadline).TryAsync();
        }

        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
        Assert.Contains("by epoch 1,", run.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "boss", "sensor-1", "box-1" })
        {
            // Control and links each tell of each cause once, and one reading of the file is bad.
            var told = Regex.Count(site[name].Output, "^(warn|fail|crit): ", RegexOptions.Multiline);
            Assert.True(told is >= 2 and <= 8, $"'{name}' has told {told} times:\n{site[name].Output}");
            Assert.Contains("was refused: Untrusted", site[name].Output, StringComparison.Ordinal);
            Assert.Contains("was refused: Unreadable", site[name].Output, StringComparison.Ordinal);
        }
    }
}
