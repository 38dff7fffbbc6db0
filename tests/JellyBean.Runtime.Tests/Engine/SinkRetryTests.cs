using JellyBean.Runtime.Sinks;
using JellyBean.Runtime.Telemetry;
using JellyBean.Workflows;
using JellyBean.Workflows.Graph;
using JellyBean.Workflows.Outputs;

namespace JellyBean.Runtime.Tests.Engine;

public sealed class SinkRetryTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Sink_without_patience_is_tried_five_times()
    {
        var (sink, meter) = (new RefusingSink(refusals: 6, TimeSpan.Zero), new OutputMeter(new OperatorId("out")));

        await Assert.ThrowsAsync<SinkException>(() => WriteAsync(sink, meter));

        Assert.Equal((5, 4), (sink.Tries, meter.Report().Retries));
    }

    [Fact]
    public async Task Sink_with_patience_is_tried_for_as_long_and_tries_are_counted()
    {
        var (sink, meter) = (new RefusingSink(refusals: 6, TimeSpan.FromMinutes(5)), new OutputMeter(new OperatorId("out")));

        await WriteAsync(sink, meter);

        Assert.Equal((7, 6), (sink.Tries, meter.Report().Retries));
    }

    private static async Task WriteAsync(RefusingSink sink, OutputMeter meter)
    {
        using var limit = new CancellationTokenSource(Deadline);
        await SinkRetry.WriteAsync(new BoundSink<int>(sink), 1, [], [], meter, limit.Token);
    }

    private sealed class RefusingSink(int refusals, TimeSpan patience) : ISink<int>
    {
        public int Tries { get; private set; }

        public Delivery Delivery => Delivery.AtLeastOnce;

        public TimeSpan Patience => patience;

        public Task<IReadOnlyList<SourcePosition>> OpenAsync(long epoch, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourcePosition>>([]);

        public Task WriteAsync(SinkBatch<int> batch, CancellationToken cancellationToken) =>
            Tries++ < refusals ? throw new SinkException("Not now.") : Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
