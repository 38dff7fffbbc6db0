using JellyBean.Runtime.Fragments;

namespace JellyBean.Runtime.Tests.Fragments;

public sealed class QuietThreadTests
{
    [Fact]
    public async Task Work_runs_on_a_quiet_thread_as_do_threads_that_it_starts_and_whoever_waits_goes_on_elsewhere()
    {
        var (own, child) = await QuietThread.RunAsync(
            async () => (Niceness(), await Task.Factory.StartNew(Niceness, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
            isQuiet: true,
            CancellationToken.None);
        var after = Niceness();

        if (OperatingSystem.IsLinux())
        {
            Assert.Equal((19, 19), (own, child));
            Assert.NotEqual(19, after);
        }
    }

    [Fact]
    public async Task Work_that_may_use_the_pool_is_as_urgent_as_anything_else_or_the_pools_threads_would_stay_quiet()
    {
        var (own, pool) = await QuietThread.RunAsync(async () => (Niceness(), await Task.Run(Niceness)), isQuiet: false, CancellationToken.None);

        if (OperatingSystem.IsLinux())
        {
            Assert.NotEqual(19, own);
            Assert.NotEqual(19, pool);
        }
    }

    [Fact]
    public async Task Work_that_fails_fails_for_whoever_waits() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => QuietThread.RunAsync<int>(() => throw new InvalidOperationException("no"), isQuiet: true, CancellationToken.None));

    [Fact]
    public async Task Work_that_was_given_up_is_not_begun()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        var hasRun = false;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => QuietThread.RunAsync(
            () =>
            {
                hasRun = true;
                return Task.FromResult(1);
            },
            isQuiet: true,
            source.Token));

        Assert.False(hasRun);
    }

    // Field 19 of a thread's stat; the name before it may contain blanks.
    private static int Niceness() => OperatingSystem.IsLinux()
        ? int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture)
        : 0;
}
