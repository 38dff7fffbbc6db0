using System.Text.Json;
using JellyBean.Hosting.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.Tests.Commands;

/// <summary>From the command line to the sink and back, with the real planner and cluster; only models are fakes.</summary>
public sealed class LocalRunTests : IDisposable
{
    private readonly TestProgram _program = new();

    public LocalRunTests() => _program.Services.AddSingleton<IEngine, LocalEngine>();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Run_accounts_for_every_element()
    {
        var code = await _program.InvokeAsync(_program.Run("--json"));

        Assert.True(code == ExitCodes.Ok, _program.Error);
        var frames = JsonDocument.Parse(_program.Output).RootElement.GetProperty("frames");
        foreach (var source in new[] { "north", "south" })
        {
            var counts = frames.GetProperty(source);
            Assert.Equal((40, 40, 0, 0), (Count(counts, "in"), Count(counts, "processed"), Count(counts, "dropped"), Count(counts, "failed")));
        }
    }

    [Fact]
    public async Task Run_that_is_asked_to_stop_drains_what_it_admitted()
    {
        _program.Sources.Count = int.MaxValue;
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop.Token);
        var running = _program.InvokeAsync(signals, _program.Run("--json"));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!_program.Error.Contains("Plan of", StringComparison.Ordinal))
        {
            await Task.Delay(10, deadline.Token);
        }

        // Once a report has come, elements flow.
        while (!_program.Error.Contains("processed", StringComparison.Ordinal))
        {
            await Task.Delay(10, deadline.Token);
        }

        signals.Stop();
        var code = await running.WaitAsync(deadline.Token);

        Assert.True(code == ExitCodes.Ok, _program.Error);
        var json = JsonDocument.Parse(_program.Output).RootElement;
        Assert.True(json.GetProperty("wasStopped").GetBoolean());
        var north = json.GetProperty("frames").GetProperty("north");
        Assert.Equal(Count(north, "in"), Count(north, "processed"));
    }

    private static long Count(JsonElement source, string what) => source.GetProperty(what).GetInt64();
}
