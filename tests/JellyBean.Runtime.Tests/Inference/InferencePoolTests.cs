using System.Collections.Immutable;
using JellyBean.Runtime.Inference;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using Microsoft.Extensions.Logging.Abstractions;

namespace JellyBean.Runtime.Tests.Inference;

public sealed class InferencePoolTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Swap_while_all_instances_sleep_every_one_changes()
    {
        var first = Kernels(4);
        await using var pool = PoolOf(first);
        pool.Start(() => { }, _ => { });

        // An instance that took a wake-up meant for another left that one asleep: seldom, so often enough.
        for (var i = 0; i < 2000; i++)
        {
            await pool.SwapAsync(Kernels(4)).WaitAsync(Deadline);
        }

        Assert.All(first, kernel => Assert.Equal(1, ((FakeKernel)kernel).Disposals));
    }

    [Fact]
    public async Task Swap_after_the_pool_has_stopped_is_cancelled_and_leaves_nothing_loaded()
    {
        await using var pool = PoolOf(Kernels(2));
        pool.Start(() => { }, _ => { });
        pool.Stop();
        await pool.Stopped.WaitAsync(Deadline);
        var late = Kernels(2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.SwapAsync(late).WaitAsync(Deadline));

        Assert.All(late, kernel => Assert.Equal(1, ((FakeKernel)kernel).Disposals));
    }

    [Fact]
    public async Task Stop_before_start_disposes_all_also_what_was_to_be_swapped_in()
    {
        var (first, second) = (Kernels(2), Kernels(2));
        var pool = PoolOf(first);
        var swap = pool.SwapAsync(second);

        await pool.DisposeAsync().AsTask().WaitAsync(Deadline);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => swap.WaitAsync(Deadline));
        Assert.All(first.Concat(second), kernel => Assert.Equal(1, ((FakeKernel)kernel).Disposals));
    }

    [Fact]
    public async Task Dispose_of_a_variant_that_throws_fails_the_disposal_alone()
    {
        var kernels = ImmutableArray.Create<InferenceKernel>(new FakeKernel { Grudge = new InvalidOperationException("still in use") }, new FakeKernel());
        var pool = PoolOf(kernels);
        pool.Start(() => { }, _ => { });

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => pool.DisposeAsync().AsTask().WaitAsync(Deadline));

        Assert.Equal("still in use", error.Message);
        Assert.All(kernels, kernel => Assert.Equal(1, ((FakeKernel)kernel).Disposals));
    }

    [Fact]
    public async Task Batch_size_raised_at_run_time_the_window_follows_up_to_the_capacity_of_the_ring()
    {
        await using var pool = PoolOf(Kernels(2));
        var first = pool.Pacing.Window;

        pool.Pacing.BatchSize = 8;
        var raised = pool.Pacing.Window;
        pool.Pacing.BatchSize = 100_000;

        Assert.Equal((6, 24), (first, raised));
        Assert.Equal((pool.Ring.Capacity, pool.Ring.Capacity), (pool.Pacing.BatchSize, pool.Pacing.Window));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4_000, 1)]
    [InlineData(10_000, 1)]
    [InlineData(10_001, 2)]
    public void Linger_that_is_no_whole_number_of_milliseconds_is_slept_and_not_spun(long ticks, int milliseconds) =>
        Assert.Equal(milliseconds, InferenceThread.WholeMilliseconds(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void Sleep_without_end_has_no_end() => Assert.Equal(Timeout.Infinite, InferenceThread.WholeMilliseconds(Timeout.InfiniteTimeSpan));

    private static InferencePool PoolOf(ImmutableArray<InferenceKernel> kernels) => new(
        "model", kernels, new InferenceOptions(), new StageMeter(new OperatorId("model"), new FailureLedger(NullLogger.Instance)));

    private static ImmutableArray<InferenceKernel> Kernels(int count) => [.. Enumerable.Range(0, count).Select(_ => new FakeKernel())];

    private sealed class FakeKernel() : InferenceKernel("fake", 8)
    {
        public int Disposals { get; private set; }

        public Exception? Grudge { get; init; }

        public override long MemoryBytes => 0;

        public override void Run(ReadOnlySpan<object> values, Span<object> results) => values.CopyTo(results);

        public override void Dispose()
        {
            Disposals++;
            if (Grudge is not null)
            {
                throw Grudge;
            }
        }
    }
}
