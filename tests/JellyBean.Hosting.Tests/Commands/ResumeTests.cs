using JellyBean.Hosting.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace JellyBean.Hosting.Tests.Commands;

/// <summary>A run that was cut off, as its user meets it.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TestProgram _first = new();
    private readonly TestProgram _program;

    public ResumeTests()
    {
        _program = Next();
        _first.Services.AddSingleton<IEngine, LocalEngine>();
    }

    private string Snapshots => Path.Combine(_first.Folder, "out", "snapshots");

    public void Dispose() => _first.Dispose();

    [Fact]
    public async Task Run_that_was_cut_off_is_gone_on_with_when_asked()
    {
        await CutOffAsync();

        var code = await _program.InvokeAsync(_program.Run("--resume", "--rate", "0.1"));

        Assert.True(code == ExitCodes.Ok, _program.Error);
        Assert.Contains("Going on with a run that was cut off, from its snapshot of ", _program.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Snapshots));
    }

    [Fact]
    public async Task Run_that_was_cut_off_is_told_of_when_another_begins_anew()
    {
        await CutOffAsync();

        var code = await _program.InvokeAsync(_program.Run("--rate", "0.1"));

        Assert.True(code == ExitCodes.Ok, _program.Error);
        Assert.Contains("was cut off; this one begins anew. --resume would have gone on from its snapshot of ", _program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_that_was_cut_off_with_other_sources_is_refused()
    {
        await CutOffAsync();

        var code = await _program.InvokeAsync(_program.Run("--resume", "--rate", "0.1", "--number", "east=x"));

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("read the sources numbers/north, numbers/south; this one would read numbers/east.", _program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_with_nothing_to_go_on_with_begins_anew()
    {
        var code = await _program.InvokeAsync(_program.Run("--resume", "--rate", "0.1"));

        Assert.True(code == ExitCodes.Ok, _program.Error);
        Assert.Contains("There is no run to go on with in", _program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_with_a_truth_is_refused()
    {
        var code = await _program.InvokeAsync(_program.Run("--resume", "--truth", "some.xml"));

        Assert.Equal(ExitCodes.BadInput, code);
        Assert.Contains("Give one of --resume and --truth", _program.Error, StringComparison.Ordinal);
    }

    /// <summary>Runs until a snapshot is complete, while another run is refused, and stops at once.</summary>
    private async Task CutOffAsync()
    {
        _first.Sources.Count = int.MaxValue;
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop.Token);
        var running = _first.InvokeAsync(signals, _first.Run("--rate", "0.1", "--set", "jellybean.snapshots.every=100ms"));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!Directory.Exists(Snapshots) || !Directory.EnumerateFiles(Snapshots, "complete.json", SearchOption.AllDirectories).Any())
        {
            Assert.False(running.IsCompleted, _first.Error);
            await Task.Delay(10, deadline.Token);
        }

        using var other = Next();
        Assert.Equal(ExitCodes.BadInput, await other.InvokeAsync(other.Run()));
        Assert.Contains("Another run writes to", other.Error, StringComparison.Ordinal);
        signals.Stop();
        signals.Stop();
        Assert.Equal(ExitCodes.Interrupted, await running.WaitAsync(deadline.Token));
    }

    private TestProgram Next()
    {
        var program = new TestProgram(_first.Folder);
        program.Services.AddSingleton<IEngine, LocalEngine>();
        return program;
    }
}
