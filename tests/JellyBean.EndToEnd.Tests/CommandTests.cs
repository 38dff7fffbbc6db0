using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JellyBean.EndToEnd.Tests;

/// <summary>What people command a cluster of real processes with: from the command line and by HTTP.</summary>
public sealed class CommandTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Node_is_drained_by_command_and_returned_by_http_and_the_results_are_those_of_an_undisturbed_run()
    {
        await using var site = new Site(TimeSpan.FromMinutes(5), repeats: 8);
        var token = Path.Combine(site.Folder, "token");
        await File.WriteAllTextAsync(token, Token, site.Deadline);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var (boss, at) = await site.StartAsync("boss", "coordinator", "", "--set", "jellybean.control.http.listen=127.0.0.1:0", "--set", $"jellybean.control.http.token-file={token}");
        var url = await boss.SaysAsync("Commands are served at (http://[0-9.:]+) ", site.Deadline);
        foreach (var (name, role) in new[] { ("sensor-1", "edge"), ("box-1", "cloud"), ("box-2", "cloud") })
        {
            await (await site.StartAsync(name, role, at)).Process.SaysAsync("has joined", site.Deadline);
        }

        var run = site.Run(at);
        var used = await run.SaysAsync(@"(box-\d): .*streak", site.Deadline);
        await run.SaysAsync(@"[1-9]\d* readings processed", site.Deadline);
        var drain = site.Ask("drain", at, used);
        var refused = site.Ask("pin", at, "streek", "cloud");
        Assert.True(await drain.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Equal(2, await refused.EndsAsync(site.Deadline));
        using var client = new HttpClient { BaseAddress = new Uri(url), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        using var returned = await client.PostAsync("/v1/return", new StringContent($$"""{"node":"{{used}}","dryRun":true}""", Encoding.UTF8, "application/json"), site.Deadline);
        var status = JsonDocument.Parse(await client.GetStringAsync("/v1/status", site.Deadline)).RootElement;
        var history = JsonDocument.Parse(await client.GetStringAsync("/v1/history", site.Deadline)).RootElement.GetProperty("decisions").EnumerateArray().ToList();

        Assert.True(await run.EndsAsync(site.Deadline) == 0, site.Everything);
        Assert.Matches($@"drain {used}: done\. Another plan has taken the place of epoch 1\.", drain.Output);
        Assert.Matches(@"streak", Regex.Match(refused.Output, "Allowed: .*").Value);
        Assert.Equal(HttpStatusCode.OK, returned.StatusCode);
        Assert.Equal([used], status.GetProperty("drained").EnumerateArray().Select(n => n.GetString()));
        Assert.Contains(history, d => d.GetProperty("trigger").GetString() == $"drain {used}" && d.GetProperty("epochBefore").GetInt64() == 1 && d.GetProperty("epochAfter").GetInt64() > 1);
        Assert.Equal(site.ExpectedAlarms, await site.AlarmsAsync());
    }
}
